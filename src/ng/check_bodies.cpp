// Bodies on all processors. Each thread has a checker of its own, whose nodes are a part of the
// program; what all bodies share grows in the order of the bodies (Checker::grow).
#include <functional>

#include "ng/checker.h"
#include "oir/in_parallel.h"

namespace tenure::ng {

// Calls `work` for each number below `count`, with the checker that is to do it.
void Checker::on_all_processors(size_t count, const std::function<void(Checker&, size_t)>& work) {
  size_t workers = oir::workers_for(count);
  if (workers == 1) {
    for (size_t i = 0; i < count; ++i) work(*this, i);
    return;
  }
  while (others_.size() + 1 < workers) {
    auto part = static_cast<uint32_t>(others_.size() + 1);
    others_.push_back(std::make_unique<Checker>(all_names_, sink_, out_, shared_, part));
  }
  size_t before = body_;
  oir::in_parallel(out_, count, [&](size_t worker, size_t i) {
    Checker& checker = worker == 0 ? *this : *others_[worker - 1];
    checker.body_ = before + i + 1;
    work(checker, i);
  });
  body_ = before + count + 1;
  number_texts();
}

// The instances from `next` on, and those that are asked for meanwhile.
void Checker::check_instances(size_t& next) {
  while (next < all_.instances.size()) {
    size_t first = next;
    next = all_.instances.size();
    on_all_processors(next - first, [&](Checker& checker, size_t i) {
      Instance& instance = shared_.instances[first + i];
      bool reported = instance.decl != nullptr && instance.decl->wrong;
      if (reported || all_.given_up) return;
      tree::Nodes::Mark before = checker.tree_.mark();
      checker.keeps_nodes_ = false;
      checker.check_instance(instance);
      checker.leave_outline(instance, before);
    });
  }
}

tree::NodeId Checker::string_const(std::string_view words, Span span) {
  tree::Node node = make(tree::NodeKind::Const, types_.string(), span);
  bool shared = types_.gate() != nullptr;
  uint64_t bits = shared ? oir::BodyTexts::kOwn + texts_.add(words, body_) : out_.add_string(words);
  node.set_constant({oir::ConstKind::String, node.type, bits});
  return add(node);
}

void Checker::number_texts() {
  std::vector<const oir::BodyTexts*> threads{&texts_};
  for (auto& other : others_) threads.push_back(&other->texts_);
  std::vector<std::vector<uint32_t>> numbers = oir::BodyTexts::number(threads, out_);
  tree_.own_texts = std::move(numbers[0]);
  for (size_t i = 0; i < others_.size(); ++i)
    others_[i]->tree_.own_texts = std::move(numbers[i + 1]);
}

// Its nodes are those of the first part, the others' those of the next ones.
tree::Program Checker::take() {
  tree::Program program = std::move(shared_.program);
  program.parts.push_back(std::move(tree_));
  for (auto& other : others_) program.parts.push_back(std::move(other->tree_));
  return program;
}

}  // namespace tenure::ng
