// libpq, loaded when a PostgreSQL storage is first opened, so that a host without one carries none
// of it. Its header is needed to build, its library only to run.
#pragma once

#include <libpq-fe.h>

#include "seathold/status.h"

namespace seathold::postgres {

// What we call of it: PQ<name>. Pipelines came with libpq 14.
#define SEATHOLD_LIBPQ(X) \
  X(backendPID)           \
  X(clear)                \
  X(cmdStatus)            \
  X(cmdTuples)            \
  X(connectPoll)          \
  X(connectStartParams)   \
  X(conninfoFree)         \
  X(conninfoParse)        \
  X(consumeInput)         \
  X(enterPipelineMode)    \
  X(errorMessage)         \
  X(finish)               \
  X(flush)                \
  X(freemem)              \
  X(getResult)            \
  X(getisnull)            \
  X(getlength)            \
  X(getvalue)             \
  X(isBusy)               \
  X(libVersion)           \
  X(nfields)              \
  X(fname)                \
  X(ntuples)              \
  X(pipelineSync)         \
  X(resultErrorField)     \
  X(resultStatus)         \
  X(sendPrepare)          \
  X(sendQueryParams)      \
  X(sendQueryPrepared)    \
  X(serverVersion)        \
  X(setNoticeProcessor)   \
  X(setnonblocking)       \
  X(socket)               \
  X(status)

struct Libpq {
#define SEATHOLD_LIBPQ_POINTER(name) decltype(&::PQ##name) name = nullptr;
  SEATHOLD_LIBPQ(SEATHOLD_LIBPQ_POINTER)
#undef SEATHOLD_LIBPQ_POINTER
};

// Fills *out from the library of that name, which stays loaded. kUnsupported says what is missing.
Status LoadLibpqFrom(const char* name, Libpq* out);
// Makes Pq() ready; once a process. Thread-safe.
Status LoadLibpq();
// REQUIRES: LoadLibpq was ok.
const Libpq& Pq();

}  // namespace seathold::postgres
