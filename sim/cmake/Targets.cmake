# isinglass_library(NAME FOLDER_GLOBS… ): a static library of every .cpp that the globs match, so that a new
# model is a new file and a registration, and no edit here.
function(isinglass_library name)
    cmake_parse_arguments(ARG "" "" "GLOBS;EXCLUDE;PUBLIC;PRIVATE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${ARG_GLOBS})
    foreach(pattern IN LISTS ARG_EXCLUDE)
        list(FILTER sources EXCLUDE REGEX "${pattern}")
    endforeach()
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/isinglass>)
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE $<BUILD_INTERFACE:isinglass_options> ${ARG_PRIVATE})
endfunction()
