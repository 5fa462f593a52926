// Bodies on all processors. Each thread has a checker of its own, whose nodes are a part of the
// program; what all bodies share grows in the order of the bodies (Checker::grow).
#include <functional>

#include "oir/in_parallel.h"
#include "tape/checker.h"

namespace tenure::tape {

// Calls `work` for each number below `count`, with the checker that is to do it: never with this
// one. The values of globals, which are in its part, are looked at by the others.
void Checker::on_all_processors(size_t count, const std::function<void(Checker&, size_t)>& work) {
  while (others_.size() < oir::workers_for(count)) {
    auto part = static_cast<uint32_t>(others_.size() + 1);
    others_.push_back(std::make_unique<Checker>(all_names_, sink_, out_, shared_, part));
  }
  size_t before = body_;
  oir::in_parallel(out_, count, [&](size_t worker, size_t i) {
    Checker& checker = *others_[worker];
    checker.body_ = before + i + 1;
    work(checker, i);
  });
  body_ = before + count + 1;
  number_texts();
}

void Checker::check_bodies() {
  shared_.has_views.resize(all_.program.functions.size(), 0);
  on_all_processors(all_.funs.size(), [&](Checker& checker, size_t i) {
    if (all_.given_up) return;
    Left before = checker.left();
    checker.check_body(all_.funs[i]);
    checker.leave_outline(all_.funs[i], before);
  });
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
