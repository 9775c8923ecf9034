// What the tests of data sets share: files that they write, and the message of an error.
#pragma once

#include "host/data/data_set.hpp"
#include "tests/host/learning_configured.hpp"
#include "tests/traces/temporary_folder.hpp"

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace isinglass::test {

inline void write_file(const std::filesystem::path& path, const std::string& bytes) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string gzipped(const std::string& bytes) {
    std::istringstream plain(bytes);
    std::ostringstream packed;
    boost::iostreams::filtering_istream in;
    in.push(boost::iostreams::gzip_compressor());
    in.push(plain);
    boost::iostreams::copy(in, packed);
    return packed.str();
}

// The data set that `text` (the rest of a [data] table) describes, from files below `folder`.
inline DataSet load(const std::string& kind, const std::string& text,
                    const std::filesystem::path& folder = {}) {
    return configured(data_set_kinds().make(kind), text)
        ->load({.option = folder.string(), .environment = ""});
}

// What loading says is wrong; empty when nothing is. It has to be a UserError of one line.
inline std::string refusal(const std::string& kind, const std::string& text,
                           const std::filesystem::path& folder) {
    try {
        load(kind, text, folder);
    } catch (const UserError& error) {
        std::string what = error.what();
        CHECK(what.find('\n') == std::string::npos);
        return what;
    }
    return {};
}

inline std::vector<float> features(const Samples& samples, std::size_t i) {
    std::vector<float> out(samples.feature_count());
    samples.features(i, out);
    return out;
}

} // namespace isinglass::test
