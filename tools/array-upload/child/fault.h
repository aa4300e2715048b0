/* fault.h - named places where a test may end the process as kill -9 or a power cut would. */
#ifndef ARRAY_UPLOAD_CHILD_FAULT_H
#define ARRAY_UPLOAD_CHILD_FAULT_H

/* Nothing in the product (fault.c). The program of the tests links its own (tests/array-upload/fault_points.c). */
void fault_point(const char *name);

#endif
