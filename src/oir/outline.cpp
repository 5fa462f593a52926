#include "oir/outline.h"

#include <utility>

namespace tenure::oir {

namespace {

// By function: it is certain to come back, if it does not fail.
std::vector<uint8_t> find_returning(const std::vector<Outline>& outlines) {
  size_t count = outlines.size();
  std::vector<uint8_t> known(count, 0);
  std::vector<uint32_t> waits_for(count, 0);  // calls before its return of what is not known yet
  // Who waits for a function, each as often as it calls it: ranges of one list.
  std::vector<uint32_t> first(count + 1, 0);
  auto each_call = [&](size_t f, auto&& visit) {
    const Outline& outline = outlines[f];
    if (!outline.returns) return;
    for (uint32_t i = 0; i < outline.calls_before_return; ++i) visit(outline.calls[i].index());
  };
  for (size_t f = 0; f < count; ++f) {
    each_call(f, [&](size_t callee) { ++first[callee + 1]; });
  }
  for (size_t f = 0; f < count; ++f) first[f + 1] += first[f];
  std::vector<uint32_t> waiting(first[count]);
  std::vector<uint32_t> filled(first.begin(), first.end() - 1);
  std::vector<uint32_t> work;
  for (size_t f = 0; f < count; ++f) {
    each_call(f, [&](size_t callee) { waiting[filled[callee]++] = static_cast<uint32_t>(f); });
    if (!outlines[f].returns) continue;
    waits_for[f] = outlines[f].calls_before_return;
    if (waits_for[f] == 0) work.push_back(static_cast<uint32_t>(f));
  }
  while (!work.empty()) {
    uint32_t f = work.back();
    work.pop_back();
    known[f] = 1;
    for (uint32_t i = first[f]; i < first[f + 1]; ++i) {
      if (--waits_for[waiting[i]] == 0) work.push_back(waiting[i]);
    }
  }
  return known;
}

}  // namespace

// Types that were there before do not lead to new ones.
void QuietTypes::look() {
  size_t known = quiet_.size(), count = types_.size();
  quiet_.resize(count, 1);
  std::vector<std::vector<uint32_t>> around(count - known);  // by type: those that lead to it
  std::vector<uint32_t> work;
  for (size_t t = known; t < count; ++t) {
    const Type& type = types_[TypeId{t}];
    bool loud = type.drop.valid() || type.grows || types_.is_move_only(TypeId{t});
    auto leads_to = [&](TypeId part) {
      if (!part.valid()) return;
      if (part.index() >= known) {
        around[part.index() - known].push_back(static_cast<uint32_t>(t));
      } else if (!quiet_[part.index()]) {
        loud = true;
      }
    };
    leads_to(type.elem);
    for (const Field& field : type.fields) leads_to(field.type);
    for (const Variant& variant : type.variants) {
      for (const Field& field : variant.fields) leads_to(field.type);
    }
    if (loud) work.push_back(static_cast<uint32_t>(t));
  }
  while (!work.empty()) {
    uint32_t t = work.back();
    work.pop_back();
    if (!quiet_[t]) continue;
    quiet_[t] = 0;
    const std::vector<uint32_t>& others = around[t - known];
    work.insert(work.end(), others.begin(), others.end());
  }
}

Sparing find_spared(std::vector<Outline> outlines) {
  size_t count = outlines.size();
  std::vector<uint8_t> gentle = find_returning(outlines);
  for (size_t f = 0; f < count; ++f) gentle[f] = gentle[f] && outlines[f].quiet;
  auto each_lent_to = [&](size_t f, auto&& visit) {
    for (FuncId callee : outlines[f].calls) {
      if (outlines[callee.index()].borrows) visit(callee.index());
    }
  };
  // Who lends to one that is not gentle is not either. Those who lend to each other, and to nobody
  // else, have done nothing.
  std::vector<std::vector<uint32_t>> lenders(count);
  std::vector<uint32_t> work;
  for (size_t f = 0; f < count; ++f) {
    if (!gentle[f]) {
      work.push_back(static_cast<uint32_t>(f));
    } else {
      each_lent_to(f, [&](size_t callee) { lenders[callee].push_back(static_cast<uint32_t>(f)); });
    }
  }
  while (!work.empty()) {
    uint32_t f = work.back();
    work.pop_back();
    if (!outlines[f].borrows) continue;
    for (uint32_t lender : lenders[f]) {
      if (std::exchange(gentle[lender], 0)) work.push_back(lender);
    }
  }
  std::vector<uint8_t> spared = gentle;
  for (size_t f = 0; f < count; ++f) {
    if (!spared[f]) work.push_back(static_cast<uint32_t>(f));
  }
  while (!work.empty()) {
    uint32_t f = work.back();
    work.pop_back();
    each_lent_to(f, [&](size_t callee) {
      if (std::exchange(spared[callee], 0)) work.push_back(static_cast<uint32_t>(callee));
    });
  }
  return {std::move(outlines), std::move(gentle), std::move(spared)};
}

void mark_spared(Program& program, Sparing found) {
  for (size_t f = 0; f < found.outlines.size(); ++f) {
    Outline& outline = found.outlines[f];
    if (!found.gentle[f]) continue;
    Function& function = program.functions[f];
    function.gentle = true;
    function.spared = found.spared[f];
    function.calls = std::move(outline.calls);
    function.collects = outline.collects;
    function.writes = std::move(outline.writes);
  }
}

}  // namespace tenure::oir
