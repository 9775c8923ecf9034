# find_package(Isinglass): targets Isinglass::hw_models (the chip), ::host (driver, learning, data), ::traces,
# ::sim (configuration, presets and whole runs), ::kernels (what of the chip needs no SystemC).
include(${CMAKE_CURRENT_LIST_DIR}/LinkedDependencies.cmake)
if(NOT Isinglass_NOT_FOUND_MESSAGE)
    include(${CMAKE_CURRENT_LIST_DIR}/IsinglassTargets.cmake)
endif()
