# Compiler settings shared by every target.
#
# x86-64-v3 (AVX2, FMA) is the one instruction level of our own kernels; oneDNN dispatches at run time.
# No -ffast-math and no -march=native: vector body and tail, or two machines, would round differently.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
string(REPLACE "-O2" "-O3" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
    set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(isinglass_options INTERFACE)
# -Wrestrict: GCC 12 reports `"text" + std::string` wrongly (its bug 105329).
target_compile_options(isinglass_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
    -Wconversion -Wdouble-promotion -Wno-sign-conversion -Wno-missing-field-initializers -Wno-restrict -march=x86-64-v3 -fno-math-errno -fno-trapping-math)
if(ISINGLASS_WERROR)
    target_compile_options(isinglass_options INTERFACE -Werror)
endif()
if(ISINGLASS_SANITIZE)
    target_compile_options(isinglass_options INTERFACE -fsanitize=${ISINGLASS_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(isinglass_options INTERFACE -fsanitize=${ISINGLASS_SANITIZE})
endif()
if(ISINGLASS_COVERAGE)
    target_compile_options(isinglass_options INTERFACE --coverage)
    target_link_options(isinglass_options INTERFACE --coverage)
endif()
