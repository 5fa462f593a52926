// Rows that stay where they are: a table grows by pieces and never moves what it has, so a
// reference to a row stays valid while others are added, and no memory is copied or left behind.
#pragma once

#include <bit>
#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace tenure {

template <class Row>
class Table {
  static_assert(std::is_trivially_copyable_v<Row> && std::is_trivially_destructible_v<Row>);

 public:
  Table() = default;
  Table(Table&& other) noexcept { *this = std::move(other); }
  Table& operator=(Table&& other) noexcept {
    std::swap(pieces_, other.pieces_);
    std::swap(shared_, other.shared_);
    std::swap(used_, other.used_);
    std::swap(next_, other.next_);
    std::swap(end_, other.end_);
    return *this;
  }
  ~Table() {
    for (size_t i = shared_; i < pieces_.size(); ++i)
      ::operator delete(pieces_[i], kBytes, kAlignment);
  }
  // Its first rows are those of `first`, which outlives it and gets no more; behind them it has its
  // own. What lies between are no rows that anybody may ask for.
  static Table after(const Table& first) {
    Table table;
    table.pieces_.assign(first.pieces_.begin(), first.pieces_.begin() + first.used_);
    table.shared_ = table.used_ = first.used_;
    return table;
  }

  // Of a table that begins after this one: the index of its own first row.
  size_t size_with_room() const { return used_ * kRows; }
  size_t size() const { return used_ * kRows - static_cast<size_t>(end_ - next_); }
  bool empty() const { return size() == 0; }
  // Back to a size that it had; the memory of the others is that of the next ones.
  void cut(size_t size) {
    used_ = (size + kRows - 1) / kRows;
    next_ = end_ = nullptr;
    if (size % kRows == 0) return;
    next_ = pieces_[used_ - 1] + size % kRows;
    end_ = pieces_[used_ - 1] + kRows;
  }
  // Its rows follow behind `size_with_room`.
  void append(Table&& other) {
    pieces_.insert(pieces_.end(), other.pieces_.begin(), other.pieces_.end());
    used_ = pieces_.size();
    other.pieces_.clear();
    other.used_ = 0;
    next_ = std::exchange(other.next_, nullptr);
    end_ = std::exchange(other.end_, nullptr);
  }
  Row& operator[](size_t index) { return pieces_[index / kRows][index % kRows]; }
  const Row& operator[](size_t index) const { return pieces_[index / kRows][index % kRows]; }
  void push_back(const Row& row) {
    if (next_ == end_) [[unlikely]]
      add_piece();
    std::construct_at(next_++, row);
  }

  class Iterator {
   public:
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Table* table, size_t index) : table_(table), index_(index) {}
    const Row& operator*() const { return (*table_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) { return {table_, index_++}; }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const Table* table_ = nullptr;
    size_t index_ = 0;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  // Whole pages of the allocator (driver/memory.cpp), of which it is told by the alignment.
  static constexpr size_t kPage = size_t{1} << 16;
  static constexpr std::align_val_t kAlignment{kPage};
  static constexpr size_t kRows = std::bit_floor(3 * kPage / sizeof(Row));
  static constexpr size_t kBytes = (kRows * sizeof(Row) + kPage - 1) / kPage * kPage;

  void add_piece() {
    if (used_ == pieces_.size())
      pieces_.push_back(static_cast<Row*>(::operator new(kBytes, kAlignment)));
    next_ = pieces_[used_++];
    end_ = next_ + kRows;
  }

  std::vector<Row*> pieces_;
  size_t shared_ = 0;    // the first ones are another table's
  size_t used_ = 0;      // those that rows lie in
  Row* next_ = nullptr;  // where the next row will lie, in the last piece
  Row* end_ = nullptr;
};

}  // namespace tenure
