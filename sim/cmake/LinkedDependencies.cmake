# The libraries that ours link. Installed too: what links ours needs them as well. Every one is a Debian package;
# a missing one is named by its package.

macro(isinglass_need found package what)
    if(NOT ${found})
        set(isinglass_missing "Isinglass needs ${what}. Install the Debian package: apt-get install ${package}")
        if(CMAKE_FIND_PACKAGE_NAME STREQUAL "Isinglass") # a consumer asks, who may do without
            set(Isinglass_FOUND FALSE)
            set(Isinglass_NOT_FOUND_MESSAGE "${isinglass_missing}")
            return()
        endif()
        message(FATAL_ERROR "${isinglass_missing}")
    endif()
endmacro()

find_package(PkgConfig QUIET)
isinglass_need(PkgConfig_FOUND pkg-config "pkg-config")

find_package(fmt QUIET)
isinglass_need(fmt_FOUND libfmt-dev "fmt")
find_package(Boost QUIET COMPONENTS iostreams)
isinglass_need(Boost_FOUND "libboost-dev libboost-iostreams-dev" "Boost with iostreams")
find_package(Threads QUIET)
isinglass_need(Threads_FOUND libc6-dev "POSIX threads")
find_package(OpenMP QUIET COMPONENTS CXX)
isinglass_need(OpenMP_CXX_FOUND libgomp1 "OpenMP (part of g++)")
# Debian's dnnl-config.cmake asks for OpenCL's development files, which programs on the CPU do not need.
find_path(DNNL_INCLUDE_DIR dnnl.hpp)
find_library(DNNL_LIBRARY dnnl)
isinglass_need(DNNL_LIBRARY libdnnl-dev "oneDNN")
if(NOT TARGET DNNL::dnnl)
    add_library(DNNL::dnnl UNKNOWN IMPORTED)
    set_target_properties(DNNL::dnnl PROPERTIES
        IMPORTED_LOCATION ${DNNL_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${DNNL_INCLUDE_DIR})
endif()
# CMake's own module for HDF5 compiles C, which a consumer's project need not have enabled.
pkg_search_module(HDF5 QUIET IMPORTED_TARGET hdf5-serial hdf5)
isinglass_need(HDF5_FOUND libhdf5-dev "HDF5")
pkg_check_modules(SYSTEMC QUIET IMPORTED_TARGET systemc)
isinglass_need(SYSTEMC_FOUND libsystemc-dev "SystemC 2.3.4")
find_package(OpenSSL QUIET COMPONENTS Crypto)
isinglass_need(OPENSSL_FOUND libssl-dev "OpenSSL's libcrypto")
find_package(ZLIB QUIET)
isinglass_need(ZLIB_FOUND zlib1g-dev "zlib")
find_package(PNG QUIET)
isinglass_need(PNG_FOUND libpng-dev "libpng")
