// Pointers, slices, function values, and what a text has besides what a string has.
#include "interp/machine.h"

namespace tenure::interp {

#define NOT_YET(name) \
  Next Machine::name(Frame&, const InstCode&) { violation("an instruction that is not run yet"); }
NOT_YET(do_MakePtr)
NOT_YET(do_PtrAdd)
NOT_YET(do_MakeSlice)
NOT_YET(do_MemCheck)
NOT_YET(do_CallValue)
NOT_YET(do_Catch)
NOT_YET(rt_TextLen)
NOT_YET(rt_SliceLen)
NOT_YET(rt_TextOwn)
NOT_YET(rt_TextOfBytes)
NOT_YET(rt_TextOfCStr)
NOT_YET(rt_AppendValue)
NOT_YET(rt_MemAlloc)
NOT_YET(rt_MemFree)
NOT_YET(rt_MemSet)
NOT_YET(rt_MemCopy)
NOT_YET(rt_MemMove)
NOT_YET(rt_MemZero)
NOT_YET(rt_MemCompare)
NOT_YET(rt_MemEqual)
NOT_YET(rt_MemMark)
NOT_YET(rt_MemLeaks)
#undef NOT_YET

}  // namespace tenure::interp
