// Args: what the user gave a verb, by name. Filled before the verb runs, read only afterwards.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice::cli {

class Args {
 public:
  void add(const std::string& name, std::string value) {
    given_.emplace_back(name, value);
    values_[name].push_back(std::move(value));
  }
  /// What is not said here is as `other` says.
  void inherit(const Args& other) { values_.insert(other.values_.begin(), other.values_.end()); }

  /// Names and values, those of options that may be repeated in the order in which they were given.
  const std::vector<std::pair<std::string, std::string>>& in_order() const { return given_; }

  bool has(const std::string& name) const { return values_.contains(name); }
  /// The last value given, or "".
  std::string get(const std::string& name, std::string otherwise = {}) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::move(otherwise) : found->second.back();
  }
  std::vector<std::string> all(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
  }

  /// The words that these were read from, without the program's name.
  const std::vector<std::string>& words() const { return words_; }
  void set_words(std::vector<std::string> words) { words_ = std::move(words); }

 private:
  std::vector<std::string> words_;
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::pair<std::string, std::string>> given_;
};

}  // namespace sluice::cli
