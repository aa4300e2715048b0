/* pump.h - the pump behind archive.h with its inflater as an argument, so that tests can hold one against the other. */
#ifndef DTC_ARCHIVE_PUMP_H
#define DTC_ARCHIVE_PUMP_H

#include "archive/archive.h"
#include "archive/inflate/inflate.h"
#include "archive/source.h"

dtc_status archive_pump_source(source *s, const dtc_options *options, const inflate_engine *engine,
                               archive_consumer consumer, void *opaque, archive_facts *facts, dtc_diag *diag);

#endif
