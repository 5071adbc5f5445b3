#include "bulk/csv.h"

namespace sluice::bulk {
namespace {

/// One record, fed byte by byte.
class Record {
 public:
  explicit Record(std::vector<std::string>& fields) : fields_(fields) { begin_field(); }

  /// True: the record is whole.
  bool take(char c) {
    if (state_ == State::quoted) {
      if (c == '"')
        state_ = State::quote;
      else
        *field_ += c;
      return false;
    }
    if (state_ == State::quote && c == '"') {
      state_ = State::quoted;
      *field_ += c;
      return false;
    }
    state_ = State::plain;
    if (c == '"' && field_->empty())
      state_ = State::quoted;
    else if (c == ',')
      begin_field();
    else if (c != '\n' && c != '\r')
      *field_ += c;
    return c == '\n';
  }

  /// At the end: the fields that there are. False: a quote is open.
  bool end() {
    fields_.resize(used_);
    return state_ != State::quoted;
  }
  bool blank() const { return used_ == 1 && field_->empty(); }

 private:
  enum class State {
    plain,
    quoted,
    quote,  ///< behind a quote in a quoted field: its end, or the first of two
  };

  void begin_field() {
    if (used_ == fields_.size()) fields_.emplace_back();
    field_ = &fields_[used_++];
    field_->clear();
    state_ = State::plain;
  }

  std::vector<std::string>& fields_;
  std::size_t used_ = 0;
  std::string* field_ = nullptr;
  State state_ = State::plain;
};

}  // namespace

Result<int> CsvReader::get() {
  if (at_ == size_) {
    auto got = read_(buffer_);
    if (!got) return unexpected(std::move(got).error());
    at_ = 0;
    size_ = *got;
    if (size_ == 0) return -1;
  }
  return static_cast<unsigned char>(buffer_[at_++]);
}

Result<bool> CsvReader::next(std::vector<std::string>& fields) {
  while (true) {
    Record record(fields);
    bool any = false, whole = false;
    while (!whole) {
      auto c = get();
      if (!c) return unexpected(std::move(c).error());
      if (*c < 0) break;
      any = true;
      whole = record.take(static_cast<char>(*c));
    }
    if (!any) return false;
    if (!record.end()) return fail(ErrorKind::argument, "it ends within a quoted field");
    if (record.blank()) continue;
    ++record_;
    return true;
  }
}

}  // namespace sluice::bulk
