/* operator.h - the operator's pages: log in, projects, samples, keys, subscriptions. */
#ifndef ARRAY_UPLOAD_HTTPD_OPERATOR_H
#define ARRAY_UPLOAD_HTTPD_OPERATOR_H

#include "array-upload/httpd/request.h"

#define OPERATOR_ROUTES

#endif
