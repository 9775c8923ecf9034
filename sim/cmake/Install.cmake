# cmake --install BUILD --prefix P: the program and the CMake package; the libraries and their headers are installed
# where they are declared (Targets.cmake). Presets and component tables are compiled in: there are no data files.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Isinglass)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/IsinglassConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${CMAKE_CURRENT_LIST_DIR}/IsinglassConfig.cmake ${CMAKE_CURRENT_LIST_DIR}/LinkedDependencies.cmake
    ${PROJECT_BINARY_DIR}/IsinglassConfigVersion.cmake
    DESTINATION ${package_dir})
install(EXPORT IsinglassTargets NAMESPACE Isinglass:: DESTINATION ${package_dir})
install(TARGETS isinglass)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/isinglass)
