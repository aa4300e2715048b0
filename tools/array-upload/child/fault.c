#include "array-upload/child/fault.h"

void fault_point(const char *name) { (void)name; }
