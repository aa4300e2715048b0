/* roles.h - the matrix of service.md "Roles": a role is a step, each may do what the lower ones may. */
#ifndef ARRAY_UPLOAD_DEEDS_ROLES_H
#define ARRAY_UPLOAD_DEEDS_ROLES_H

/* What a role may do; each role may do what the ones before it may. */
enum right { RIGHT_NONE, RIGHT_READ, RIGHT_UPLOAD, RIGHT_MANAGE, RIGHT_OWN };

enum { ROLES = 4 };
struct role {
  const char *name, *id; /* id: a fixed UUID, the same everywhere */
  enum right right;
  const char *permissions; /* words of the API, separated by blanks; each role's own and those of lower ones */
};
extern const struct role roles[ROLES];
/* NULL: no such role. */
const struct role *role_find(const char *name);

#endif
