#include "sim/run/files.hpp"

#include "hw_models/base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace isinglass {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, const fs::path& path) {
    throw InputOutputError(fmt::format("cannot {} '{}': {}", what, path.string(), std::strerror(errno)));
}

class File {
  public:
    File(const fs::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
    ~File() {
        if (is_open()) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

    // The following tell by false that errno says why not.
    [[nodiscard]] bool write(std::string_view content) const {
        while (!content.empty()) {
            const auto count = ::write(descriptor_, content.data(), content.size());
            if (count < 0 && errno != EINTR) return false;
            if (count > 0) content.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    [[nodiscard]] bool read(std::string& content) const {
        char buffer[1 << 16];
        for (;;) {
            const auto count = ::read(descriptor_, buffer, sizeof buffer);
            if (count == 0) return true;
            if (count < 0 && errno != EINTR) return false;
            if (count > 0) content.append(buffer, static_cast<std::size_t>(count));
        }
    }
    [[nodiscard]] bool sync() const { return ::fsync(descriptor_) == 0; }
    // Some file systems report a full disk only here.
    [[nodiscard]] bool close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

  private:
    int descriptor_;
};

// Makes the rename last through a power failure. Not every file system can, which harms nobody.
void sync_folder(const fs::path& folder) {
    const File file(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
    if (file.is_open()) static_cast<void>(file.sync());
}

} // namespace

void write_atomically(const fs::path& path, std::string_view content) {
    const fs::path temporary = path.string() + ".tmp";
    File file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open()) fail("write", path);
    if (!file.write(content) || !file.sync() || !file.close() ||
        ::rename(temporary.c_str(), path.c_str()) != 0) {
        const int reason = errno;
        ::unlink(temporary.c_str());
        errno = reason;
        fail("write", path);
    }
    sync_folder(path.parent_path());
}

std::string read_file(const fs::path& path) {
    const File file(path, O_RDONLY);
    std::string content;
    if (!file.is_open() || !file.read(content)) fail("read", path);
    return content;
}

} // namespace isinglass
