/* config.h - every setting, with its default. One INI file; an unknown section or key, or a bad value, is an error that
 * names the line. Each key also by environment, which wins: [server] public_url is ARRAY_UPLOAD_SERVER_PUBLIC_URL;
 * <NAME>_FILE reads the value from a file (for secrets). The table in config.c lists names, ranges and defaults. */
#ifndef ARRAY_UPLOAD_UTIL_CONFIG_H
#define ARRAY_UPLOAD_UTIL_CONFIG_H

#include <stddef.h>
#include <stdint.h>

/* All strings are malloc()ed or NULL (not set); config_free() frees them. Times are in seconds unless the name says
 * else. */
struct config {
  /* [server] */
  char *data;           /* default ./array-upload-data */
  char *listen;         /* ADDRESS:PORT, default 127.0.0.1:8080; port 0 = any free one */
  char *metrics_listen; /* ADDRESS:PORT of the Prometheus listener; not set = none */
  char *public_url;     /* what URLs given out begin with; default http://<listen> */
  char *master_key;     /* 64 hex digits; default: <keys folder>/master.key. Machines that share a database share it */
  char *log_level;      /* info, notice (no line a request), error */
  char *trusted_proxy;  /* CIDR list whose X-Forwarded-For is believed */
  char *user_header;    /* a header by which a trusted proxy names the operator who logged in with it (e-mail) */
  int64_t threads;      /* HTTP threads */
  int64_t connections;  /* at most that many at once */
  int64_t connections_per_address; /* of them by one address (IPv6: /64); a trusted proxy is not counted */
  /* [database] */
  char *database_url; /* sqlite:PATH (default <data>/array-upload.db) or postgresql://… */
  /* [blob] */
  char *blob_url; /* file:DIR (default <data>/blobs) or s3://bucket/prefix */
  char *s3_endpoint, *s3_region, *s3_access_key, *s3_secret_key;
  /* [keys] see seal/kek.h and seal/keystore.h */
  char *keys_folder;  /* default <data>.keys, beside the data folder: the file of keys and the key store */
  char *keys_file;    /* key-encryption keys, 64 hex digits a line; default <folder>/kek, unless there is a command */
  char *keys_command; /* prints such lines; its first one is the one to turn to */
  int64_t keys_adopt; /* 1: the key store is taken for this database's although another one was */
  char *keys_store;   /* sqlite:PATH (default <folder>/keys.db) or postgresql://... */
  /* [programs] found beside this program, in libexecdir, or named here */
  char *validate, *convert, *impute, *score, *bcftools;
  int64_t fast; /* both run with --fast */
  /* [worker] */
  char *scratch; /* where conversions work; default: a tmpfs, /dev/shm */
  /* [reference] for genotype-convert; default: what lies in <data>/reference */
  char *sites, *fasta, *assemblies;
  /* [analysis] the stages behind the conversion; none unless set (worker/analysis.h) */
  char *analysis_panel;    /* a folder of `genotype-impute prepare` */
  char *analysis_engine;   /* eagle-minimac4 or beagle */
  char *analysis_scores;   /* a folder of scoring files */
  char *analysis_ancestry; /* a table of `genotype-score frequencies` */
  int64_t analysis_memory; /* MiB that an engine may have */
  int64_t analysis_threads, analysis_at_once;
  /* [limits] */
  int64_t upload_bytes;                            /* 26214400, inclusive */
  int64_t uploads_in_flight;                       /* 20 a server */
  int64_t attempts;                                /* 10 rejected files a session */
  int64_t free_bytes;                              /* 2 GiB: below it new bodies are refused */
  int64_t queue_length;                            /* scheduled samples above which uploads are refused; 0 = no limit */
  int64_t rate_requests, rate_creates, rate_opens; /* a minute: 600 and 60 a key, 30 an address */
  int64_t min_rows;                                /* genotype-validate --min-rows */
  int64_t qc_snps_min;                             /* called rows at least (QC snps_min) */
  double qc_call_rate_min;                         /* 0..1 (QC call_rate_min) */
  /* [timers] */
  int64_t page_session_s, grace_s, idle_s, rate_after_s, min_rate; /* 900, 60, 30, 60 s, 4096 bytes/s */
  int64_t check_s, convert_s, lease_s, sweep_s;                    /* 60, 600, 60, 10 */
  int64_t impute_s, score_s, merge_s;                              /* 14400, 900, 3600 */
  int64_t tries;                                                   /* 3 runs, of the conversion and of each stage */
  int64_t download_url_s;                                          /* 3600 */
  int64_t webhook_s;                                               /* 15 */
  int64_t orphans_max; /* objects nobody knows that are removed at once; more are left for `admin orphans` */
  int64_t retention_original_days, retention_deliverables_days; /* 30, 90; 0 = at once after success, -1 = never */
  /* [webhooks] */
  int64_t allow_loopback_webhooks; /* tests only: loopback targets and plain http to them */
  char *webhook_ports;             /* comma list, default 443 */
  /* [pages] */
  char *operator_name, *privacy_url;
  int64_t allow_http_redirects; /* development: http://localhost redirects */
};

/* Defaults, then the file (path NULL: none), then the environment. 0, or -1 with one line in `error`. */
int config_load(struct config *c, const char *path, char *error, size_t error_size);
/* Sets one string field to a copy. 0 or -1 (no memory). For command-line options, after config_load(). */
int config_set(char **field, const char *value);
/* Fills what depends on other settings (paths under data, public_url) once options are in. 0 or -1. */
int config_complete(struct config *c, char *error, size_t error_size);
void config_free(struct config *c);

/* One setting that there is; preset NULL: it has no default, or one that depends on others. Static text. */
struct config_setting {
  const char *section, *key, *preset;
};
/* The k-th from 0 on. 0, or -1 behind the last. */
int config_setting(struct config_setting *out, size_t k);

#endif
