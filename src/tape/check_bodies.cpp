// Bodies on all processors. Each thread has a checker of its own, whose nodes are a part of the
// program; what all bodies share grows in the order of the bodies (Checker::grow).
#include "oir/in_parallel.h"
#include "tape/checker.h"

namespace tenure::tape {

void Checker::check_bodies() {
  size_t count = all_.funs.size();
  shared_.has_views.resize(all_.program.functions.size(), 0);
  // The values of globals, which are in this checker's part, are looked at by the others.
  for (size_t worker = 0; worker < oir::workers_for(count); ++worker) {
    auto part = static_cast<uint32_t>(worker + 1);
    others_.push_back(std::make_unique<Checker>(all_names_, sink_, out_, shared_, part));
  }
  oir::in_parallel(out_, count, [&](size_t worker, size_t i) {
    Checker& checker = *others_[worker];
    if (all_.given_up) return;
    Left before = checker.left();
    checker.body_ = i + 1;
    checker.check_body(all_.funs[i]);
    checker.leave_outline(all_.funs[i], before);
  });
  body_ = count + 1;
  number_texts();
}

void Checker::number_texts() {
  std::vector<const oir::BodyTexts*> threads;
  for (auto& other : others_) threads.push_back(&other->texts_);
  std::vector<std::vector<uint32_t>> numbers = oir::BodyTexts::number(threads, out_);
  for (size_t i = 0; i < others_.size(); ++i) others_[i]->tree_.own_texts = std::move(numbers[i]);
}

tree::Program Checker::take() {
  tree::Program program = std::move(shared_.program);
  for_each_checker([&](Checker& checker) {
    program.parts.push_back(std::move(checker.tree_));
    program.literals_exposed |= checker.literals_exposed_;
  });
  return program;
}

}  // namespace tenure::tape
