#include "array-upload/deeds/roles.h"

#include <string.h>

const struct role roles[ROLES] = {
    {"viewer", "7b1d2f60-5f5a-4b5e-9a61-0c51c6a50001", RIGHT_READ, "projects_view samples_view deliverables_download"},
    {"analyst", "7b1d2f60-5f5a-4b5e-9a61-0c51c6a50002", RIGHT_UPLOAD,
     "projects_view samples_view deliverables_download upload_create project_samples_add sample_metadata_edit "
     "sample_hide"
     " sample_cancel original_download"},
    {"manager", "7b1d2f60-5f5a-4b5e-9a61-0c51c6a50003", RIGHT_MANAGE,
     "projects_view samples_view deliverables_download upload_create project_samples_add sample_metadata_edit "
     "sample_hide"
     " sample_cancel original_download project_create project_edit subscription_edit sample_delete"},
    {"owner", "7b1d2f60-5f5a-4b5e-9a61-0c51c6a50004", RIGHT_OWN,
     "projects_view samples_view deliverables_download upload_create project_samples_add sample_metadata_edit "
     "sample_hide"
     " sample_cancel original_download project_create project_edit subscription_edit sample_delete user_edit role_edit"
     " retention_edit signing_key_edit"},
};

const struct role *role_find(const char *name) {
  for (size_t i = 0; i < ROLES; i++)
    if (strcmp(roles[i].name, name) == 0)
      return &roles[i];
  return NULL;
}
