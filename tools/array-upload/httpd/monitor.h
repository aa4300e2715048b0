/* monitor.h - health, and the Prometheus listener. */
#ifndef ARRAY_UPLOAD_HTTPD_MONITOR_H
#define ARRAY_UPLOAD_HTTPD_MONITOR_H

#include "array-upload/httpd/http/request.h"

/* 200 as long as the process answers. */
enum MHD_Result health_live(struct request *r);
/* 200 when database, files and checkd are there, and not on its way down; else 503 with what is missing. */
enum MHD_Result health_ready(struct request *r);
/* Starts the second listener on [server] metrics_listen. 0 (also when there is none), or -1. */
int metrics_start(struct httpd *h, struct MHD_Daemon **out);

#endif
