#include "bulk/window.h"

#include <gtest/gtest.h>

namespace sluice::bulk {
namespace {

std::vector<Step> steps(std::initializer_list<const char*> names) {
  std::vector<Step> made;
  for (const char* name : names) {
    Step step;
    step.action = Action::copy;
    step.entry.name = name;
    made.push_back(step);
  }
  return made;
}

std::vector<std::string> names(const std::vector<Step>& some) {
  std::vector<std::string> all;
  for (const Step& step : some) all.push_back(step.entry.name);
  return all;
}

using Names = std::vector<std::string>;

TEST(Window, ThePositionFollowsWhenEverythingBeforeItIsSettled) {
  Window window;
  const auto first = window.add(steps({"a", "b"}), "b");
  const auto second = window.add(steps({"c"}), "d");
  window.settle(second);
  window.settle(first);
  EXPECT_FALSE(window.take().position);
  EXPECT_EQ(window.step(first + 1).entry.name, "b");
  window.settle(first + 1);
  EXPECT_EQ(window.take().position, "d");
  EXPECT_FALSE(window.take().position);
}

TEST(Window, NamesWithNothingToDoMoveThePosition) {
  Window window;
  window.add({}, "m");
  EXPECT_EQ(window.take().position, "m");
}

TEST(Window, AStepThatOutlastsManyOthersIsLeftBehindAndCatchesUp) {
  Window window(2);
  const auto slow = window.add(steps({"a", "b"}), "b");
  window.settle(slow + 1);
  for (const char* name : {"c", "d", "e"}) window.settle(window.add(steps({name}), name));
  const Window::Change change = window.take();
  EXPECT_EQ(change.position, "e");
  EXPECT_EQ(names(change.left_behind), Names{"a"});
  EXPECT_TRUE(change.caught_up.empty());
  EXPECT_EQ(window.step(slow).entry.name, "a");
  window.settle(slow);
  const Window::Change later = window.take();
  EXPECT_EQ(later.caught_up, Names{"a"});
  EXPECT_FALSE(later.position);
}

TEST(Window, WhatAnEarlierRunLeftBehindCatchesUpAsWell) {
  Window window;
  window.adopt(steps({"old", "older"}));
  const auto fresh = window.add(steps({"x"}), "x");
  EXPECT_EQ(window.step(1).entry.name, "older");
  window.settle(1);
  window.settle(fresh);
  const Window::Change change = window.take();
  EXPECT_EQ(change.caught_up, Names{"older"});
  EXPECT_EQ(change.position, "x");
  EXPECT_EQ(window.step(0).entry.name, "old");
}

}  // namespace
}  // namespace sluice::bulk
