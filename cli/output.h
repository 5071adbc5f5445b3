// Output: stdout carries data, stderr carries words.
//
// `data` goes to stdout whole or fails; when the reader has gone away (EPIPE) the process ends at once
// and quietly, as a filter does: nothing is lost, because saved state survives any kill.
// `event` is one JSON object a line, on stdout - or on stderr while stdout carries an object's bytes.
// Any thread; lines never mix.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "cli/json_line.h"
#include "sluice/result.h"

namespace sluice::cli {

class Output {
 public:
  struct Style {
    bool json = false;
    bool quiet = false;            ///< no progress and no summary; errors and warnings stay
    bool stdout_is_taken = false;  ///< an object's bytes go there
  };

  explicit Output(Style style);
  Output(const Output&) = delete;

  bool json() const { return style_.json; }
  bool quiet() const { return style_.quiet; }
  bool terminal() const { return terminal_; }            ///< stderr is one
  bool data_terminal() const { return data_terminal_; }  ///< stdout is one
  void take_stdout() { style_.stdout_is_taken = true; }

  Result<void> data(std::string_view bytes);
  void event(const JsonLine& line);
  void say(std::string_view text);   ///< "sluice: text", unless quiet
  void warn(std::string_view text);  ///< "sluice: warning: text"
  void fail(std::string_view text);  ///< "sluice: text"
  /// Shows `line` as the terminal's last line, in place of the one before; "" takes it away.
  void live_line(std::string line);
  unsigned columns() const;  ///< of the terminal

 private:
  void line(std::string_view before, std::string_view text);
  void write_words(std::string_view bytes);

  Style style_;
  bool terminal_, data_terminal_;
  std::mutex mutex_;
  std::string live_;
};

}  // namespace sluice::cli
