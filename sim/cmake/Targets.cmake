include(GNUInstallDirs)

# isinglass_export(TARGET NAME): installs it, and consumers link it as Isinglass::NAME.
function(isinglass_export target name)
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    add_library(Isinglass::${name} ALIAS ${target})
    if(ISINGLASS_INSTALL)
        install(TARGETS ${target} EXPORT IsinglassTargets FILE_SET HEADERS DESTINATION include/isinglass)
    endif()
endfunction()

# isinglass_library(TARGET EXPORTED NAME GLOBS PATTERN… ): a static library of every .cpp that the globs match and of
# the headers beside them, so that a new model is a new file and a registration, and no edit here. Headers are public
# unless a pattern after INTERNAL matches; includes name them relative to the repository, and to include/isinglass once
# installed.
function(isinglass_library target)
    cmake_parse_arguments(ARG "" "EXPORTED" "GLOBS;EXCLUDE;INTERNAL;PUBLIC;PRIVATE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${ARG_GLOBS})
    list(TRANSFORM ARG_GLOBS REPLACE "\\.cpp$" ".hpp")
    file(GLOB headers CONFIGURE_DEPENDS ${ARG_GLOBS})
    foreach(pattern IN LISTS ARG_EXCLUDE)
        list(FILTER sources EXCLUDE REGEX "${pattern}")
        list(FILTER headers EXCLUDE REGEX "${pattern}")
    endforeach()
    foreach(pattern IN LISTS ARG_INTERNAL)
        list(FILTER headers EXCLUDE REGEX "${pattern}")
    endforeach()
    add_library(${target} STATIC ${sources})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE $<BUILD_INTERFACE:isinglass_options> ${ARG_PRIVATE})
    isinglass_export(${target} ${ARG_EXPORTED})
endfunction()
