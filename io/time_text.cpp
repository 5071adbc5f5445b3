// Fixed-width fields, written and read by hand: strftime and strptime would ask the locale.
#include "io/time_text.h"

#include <algorithm>
#include <array>

namespace sluice::io {
namespace {

namespace chrono = std::chrono;
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Fields {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

Fields split(Seconds time) {
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(time - day);
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<unsigned>(clock.hours().count()),
          static_cast<unsigned>(clock.minutes().count()),
          static_cast<unsigned>(clock.seconds().count())};
}

inline std::optional<Seconds> join(const Fields& f) {
  const chrono::year_month_day date{chrono::year(f.year), chrono::month(f.month), chrono::day(f.day)};
  // A leap second is taken as the first second of the next minute.
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) return {};
  return chrono::sys_days(date) + chrono::hours(f.hour) + chrono::minutes(f.minute) +
         chrono::seconds(f.second);
}

void put(std::string& out, unsigned value, int width) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

/// Reads a text from left to right; the first misfit makes every later step fail.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Reader& word(std::string_view expected) {
    if (!rest_.starts_with(expected)) ok_ = false;
    if (ok_) rest_.remove_prefix(expected.size());
    return *this;
  }
  template <class Int>
  Reader& number(Int& into, std::size_t width) {
    if (rest_.size() < width) ok_ = false;
    Int value = 0;
    for (std::size_t i = 0; ok_ && i < width; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9')
        ok_ = false;
      else
        value = value * 10 + static_cast<Int>(rest_[i] - '0');
    }
    if (ok_) rest_.remove_prefix(width);
    into = value;
    return *this;
  }
  Reader& month(unsigned& into) {
    for (unsigned i = 0; i < kMonths.size(); ++i) {
      if (!rest_.starts_with(kMonths[i])) continue;
      into = i + 1;
      return word(kMonths[i]);
    }
    ok_ = false;
    return *this;
  }
  Reader& clock(Fields& f) {
    return number(f.hour, 2).word(":").number(f.minute, 2).word(":").number(f.second, 2);
  }
  bool next_is(char c) const { return ok_ && !rest_.empty() && rest_.front() == c; }
  bool next_is_digit() const { return ok_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  bool at_end() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

bool is_utc(std::string_view zone) {
  return zone == "GMT" || zone == "UTC" || zone == "+0000" || zone == "Z";
}

/// "Nov 15 08:12:31 1994" or "Nov  5 ...", after the day's name.
std::optional<Seconds> parse_asctime(std::string_view text) {
  Fields f;
  Reader in(text);
  in.month(f.month).word(" ");
  if (in.next_is(' '))
    in.word(" ").number(f.day, 1);
  else
    in.number(f.day, 2);
  in.word(" ").clock(f).word(" ").number(f.year, 4);
  return in.at_end() ? join(f) : std::nullopt;
}

/// "15-Nov-94 08:12:31 GMT"
std::optional<Seconds> parse_rfc850(std::string_view text) {
  Fields f;
  Reader in(text);
  in.number(f.day, 2).word("-").month(f.month).word("-").number(f.year, 2).word(" ").clock(f).word(" ");
  if (!in.ok() || !is_utc(in.rest())) return {};
  f.year += f.year < 70 ? 2000 : 1900;
  return join(f);
}

/// "00" to "99".
constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, 100> pairs{};
  for (unsigned i = 0; i < pairs.size(); ++i)
    pairs[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  return pairs;
}();

/// What ".5Z" or ".123+08:00" adds to the time before it.
std::optional<chrono::milliseconds> parse_fraction_and_zone(std::string_view text) {
  Reader in(text);
  unsigned millis = 0;
  if (in.next_is('.')) {
    in.word(".");
    if (!in.next_is_digit()) return {};
    for (unsigned digit = 0, weight = 100; in.next_is_digit(); weight /= 10) {
      in.number(digit, 1);
      millis += digit * weight;
    }
  }
  chrono::minutes offset{0};
  if (in.next_is('Z')) {
    in.word("Z");
  } else {
    const int sign = in.next_is('-') ? -1 : 1;
    int hours = 0, minutes = 0;
    in.word(sign < 0 ? "-" : "+").number(hours, 2).word(":").number(minutes, 2);
    if (hours > 23 || minutes > 59) return {};
    offset = sign * (chrono::hours(hours) + chrono::minutes(minutes));
  }
  if (!in.at_end()) return {};
  return chrono::milliseconds(millis) - offset;
}

}  // namespace

std::string http_date(Seconds time) {
  const Fields f = split(time);
  std::string out(kDays[chrono::weekday(chrono::floor<chrono::days>(time)).c_encoding()]);
  out += ", ";
  put(out, f.day, 2);
  out += ' ';
  out += kMonths[f.month - 1];
  out += ' ';
  put(out, static_cast<unsigned>(f.year), 4);
  for (const auto& [before, value] : {std::pair{' ', f.hour}, {':', f.minute}, {':', f.second}}) {
    out += before;
    put(out, value, 2);
  }
  return out + " GMT";
}

std::string basic_date(Seconds time) {
  const Fields f = split(time);
  std::string out;
  put(out, static_cast<unsigned>(f.year), 4);
  put(out, f.month, 2);
  put(out, f.day, 2);
  return out;
}

std::string basic_time(Seconds time) {
  const Fields f = split(time);
  std::string out = basic_date(time);
  out += 'T';
  put(out, f.hour, 2);
  put(out, f.minute, 2);
  put(out, f.second, 2);
  return out + 'Z';
}

std::array<char, 20> iso_time_chars(Seconds time) {
  const Fields f = split(time);
  std::array<char, 20> out = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0',
                              'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z'};
  const auto place = [&out](std::size_t at, unsigned value) {
    std::copy(kPairs[value].begin(), kPairs[value].end(), out.begin() + at);
  };
  const unsigned year = static_cast<unsigned>(f.year) % 10000;
  place(0, year / 100);
  place(2, year % 100);
  place(5, f.month);
  place(8, f.day);
  place(11, f.hour);
  place(14, f.minute);
  place(17, f.second);
  return out;
}

std::string iso_time(Seconds time) {
  const auto chars = iso_time_chars(time);
  return {chars.data(), chars.size()};
}

std::string iso_time_millis(Millis time) {
  const auto whole = chrono::floor<chrono::seconds>(time);
  std::string out = iso_time(whole);
  out.back() = '.';
  put(out, static_cast<unsigned>((time - whole).count()), 3);
  return out + 'Z';
}

std::optional<Seconds> parse_http_date(std::string_view text) {
  const auto comma = text.find(", ");
  if (comma == text.npos) {
    const auto space = text.find(' ');
    return space == text.npos ? std::nullopt : parse_asctime(text.substr(space + 1));
  }
  const auto rest = text.substr(comma + 2);
  if (rest.size() > 2 && rest[2] == '-') return parse_rfc850(rest);
  Fields f;
  Reader in(rest);
  in.number(f.day, 2).word(" ").month(f.month).word(" ").number(f.year, 4).word(" ").clock(f).word(" ");
  if (!in.ok() || !is_utc(in.rest())) return {};
  return join(f);
}

std::optional<Seconds> parse_basic_time(std::string_view text) {
  Fields f;
  Reader in(text);
  in.number(f.year, 4).number(f.month, 2).number(f.day, 2).word("T");
  in.number(f.hour, 2).number(f.minute, 2).number(f.second, 2).word("Z");
  return in.at_end() ? join(f) : std::nullopt;
}

std::optional<Millis> parse_iso_time(std::string_view text) {
  // Listings have millions of these: by hand, not step by step.
  constexpr std::size_t kFixed = 19;
  if (text.size() < kFixed) return {};
  bool fits = text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':';
  const auto two = [&](std::size_t at) {
    const auto tens = static_cast<unsigned>(text[at] - '0'), ones = static_cast<unsigned>(text[at + 1] - '0');
    fits &= tens < 10 && ones < 10;
    return tens * 10 + ones;
  };
  Fields f;
  f.year = static_cast<int>(two(0) * 100 + two(2));
  f.month = two(5);
  f.day = two(8);
  f.hour = two(11);
  f.minute = two(14);
  f.second = two(17);
  if (!fits) return {};
  const auto time = join(f);
  if (!time) return {};
  const std::string_view rest = text.substr(kFixed);
  if (rest == ".000Z" || rest == "Z") return *time;
  const auto past = parse_fraction_and_zone(rest);
  if (!past) return {};
  return *time + *past;
}

}  // namespace sluice::io
