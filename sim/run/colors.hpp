// Colours on terminals: headers of tables bold, their rules faint, errors red.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace isinglass {

// Whether standard output (1) or standard error (2) shows colours: it is a terminal that is not "dumb", and
// the environment's NO_COLOR (no-color.org) is not set, or empty.
[[nodiscard]] bool shows_colors(int descriptor);

// Paints what is written to a stream while this lives: a line above one of dashes is a table's header where a
// blank line, or nothing, comes before it. A line is held back until the next one or a flush.
class TablePainter final : public std::streambuf {
  public:
    explicit TablePainter(std::ostream& out) : out_(out), below_(*out.rdbuf(this)) {}
    ~TablePainter() override;
    TablePainter(const TablePainter&) = delete;
    TablePainter& operator=(const TablePainter&) = delete;

  protected:
    int_type overflow(int_type c) override;
    int sync() override;

  private:
    void write(const std::string& text, const char* style);
    void end_line();
    void release();

    std::ostream& out_;
    std::streambuf& below_;
    std::string line_, held_; // under way; complete, but perhaps a header
    bool after_blank_ = true; // of the line under way
    bool held_may_be_header_ = false;
};

} // namespace isinglass
