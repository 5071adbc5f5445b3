// Output: stdout carries data, stderr carries words.
//
// `data` goes to stdout whole or fails; when the reader has gone away (EPIPE) the process ends at once
// and quietly, as a filter does: nothing is lost, because saved state survives any kill.
// `event` is one JSON object a line, on stdout - or on stderr while stdout carries an object's bytes.
// docs/events.md lists them. Any thread; lines never mix.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
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
  /// For one line of a list of commands: the same places, the number before its words and in its events, and
  /// no progress but in events.
  Output(const Output& whole, std::uint64_t line, bool json);
  Output(const Output&) = delete;

  bool json() const { return style_.json; }
  bool quiet() const { return style_.quiet; }
  bool shows_progress() const { return !style_.quiet && (line_ == 0 || style_.json); }
  bool terminal() const { return places_->words_terminal; }      ///< stderr is one
  bool data_terminal() const { return places_->data_terminal; }  ///< stdout is one
  void take_stdout() { style_.stdout_is_taken = true; }

  Result<void> data(std::string_view bytes);
  /// Rows that are data themselves: a page of them is one write.
  std::string row(JsonLine event) const;
  void event(const JsonLine& event);
  /// Why events did not arrive: what was going on has gone on all the same. Nothing = all did.
  std::optional<Error> lost() const;
  void say(std::string_view text);   ///< "sluice: text", unless quiet
  void warn(std::string_view text);  ///< "sluice: warning: text"
  void fail(std::string_view text);  ///< "sluice: text"
  /// Shows `line` as the terminal's last line, in place of the one before; "" takes it away.
  void live_line(std::string line);
  unsigned columns() const;  ///< of the terminal

 private:
  /// What every Output of the process writes to.
  struct Places {
    Places();
    const bool words_terminal, data_terminal;
    std::mutex words_mutex, data_mutex;
    std::string live;
    std::optional<Error> lost;  ///< under data_mutex
  };

  void line(std::string_view before, std::string_view text);
  void write_words(std::string_view bytes);

  Style style_;
  const std::uint64_t line_ = 0;  ///< 0 = of no list
  const std::shared_ptr<Places> places_;
};

}  // namespace sluice::cli
