# What building takes beside the libraries that ours link: headers that only our sources include.
include(${CMAKE_CURRENT_LIST_DIR}/LinkedDependencies.cmake)

find_path(EIGEN_INCLUDE_DIR unsupported/Eigen/MatrixFunctions PATH_SUFFIXES eigen3)
isinglass_need(EIGEN_INCLUDE_DIR libeigen3-dev "Eigen")
add_library(isinglass_eigen INTERFACE)
target_include_directories(isinglass_eigen SYSTEM INTERFACE ${EIGEN_INCLUDE_DIR})
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
isinglass_need(RANDOM123_INCLUDE_DIR librandom123-dev "Random123")
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp)
isinglass_need(CLI11_INCLUDE_DIR libcli11-dev "CLI11")
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h)
isinglass_need(TOMLPLUSPLUS_INCLUDE_DIR libtomlplusplus-dev "toml++")
find_path(NLOHMANN_JSON_INCLUDE_DIR nlohmann/json.hpp)
isinglass_need(NLOHMANN_JSON_INCLUDE_DIR nlohmann-json3-dev "nlohmann-json")

# The charts of report pages; compiled into the program.
find_file(DYGRAPHS_JS dygraph.min.js PATHS /usr/share/javascript/dygraphs)
find_file(DYGRAPHS_CSS dygraph.min.css PATHS /usr/share/javascript/dygraphs)
isinglass_need(DYGRAPHS_JS libjs-dygraphs "dygraphs (dygraph.min.js)")

# GTKWave's FST library: no development package of it exists (libfst-dev is another FST); Verilator brings its sources.
find_path(FSTAPI_DIR fstapi.c HINTS $ENV{VERILATOR_ROOT}/include/gtkwave
    PATHS /usr/share/verilator/include/gtkwave /usr/local/share/verilator/include/gtkwave)
isinglass_need(FSTAPI_DIR verilator "GTKWave's FST library (fstapi.c, which Verilator installs as a source)")
add_library(isinglass_fstapi STATIC ${FSTAPI_DIR}/fstapi.c ${FSTAPI_DIR}/fastlz.c ${FSTAPI_DIR}/lz4.c)
target_include_directories(isinglass_fstapi SYSTEM PUBLIC $<BUILD_INTERFACE:${FSTAPI_DIR}>)
target_compile_definitions(isinglass_fstapi PRIVATE FST_CONFIG_INCLUDE="fst_config.h")
target_compile_options(isinglass_fstapi PRIVATE -w -fvisibility=hidden) # its lz4 must not stand in for the system's
target_link_libraries(isinglass_fstapi PRIVATE ZLIB::ZLIB)
isinglass_export(isinglass_fstapi fstapi)

# Debian builds SystemC as C++17; a C++20 program links when SystemC-facing code names that version. Whoever
# links our modules must, too: this target is installed with them.
add_library(isinglass_systemc INTERFACE)
target_link_libraries(isinglass_systemc INTERFACE PkgConfig::SYSTEMC)
target_compile_definitions(isinglass_systemc INTERFACE SC_CPLUSPLUS=201703L SC_ALLOW_DEPRECATED_IEEE_API)
# sc_fifo<T>::read() of 2.3.4 returns a variable that only its call by reference fills.
target_compile_options(isinglass_systemc INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
isinglass_export(isinglass_systemc systemc)
