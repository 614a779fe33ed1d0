// What a binding to a C library does: the library opens the socket, JavaScript waits for it. This
// one binds one connection of libpq, PostgreSQL's client.
#include <libpq-fe.h>
#include <node_api.h>

static PGconn* conn;

static napi_value Int(napi_env env, int value) {
  napi_value result;
  napi_create_int32(env, value, &result);
  return result;
}

// connectStart(conninfo) -> 1, or 0 where libpq would not even begin
static napi_value ConnectStart(napi_env env, napi_callback_info info) {
  size_t argc = 1, length;
  napi_value argv[1];
  char conninfo[256];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  napi_get_value_string_utf8(env, argv[0], conninfo, sizeof(conninfo), &length);
  conn = PQconnectStart(conninfo);
  return Int(env, conn != NULL && PQstatus(conn) != CONNECTION_BAD);
}

// socket() -> the descriptor, which may be another after each step
static napi_value Socket(napi_env env, napi_callback_info info) {
  (void)info;
  return Int(env, PQsocket(conn));
}

// connectPoll() -> 1: wait until readable, 2: wait until writable, 3: connected, 0: failed
static napi_value ConnectPoll(napi_env env, napi_callback_info info) {
  (void)info;
  return Int(env, PQconnectPoll(conn));
}

// notification() -> the payload of the next one, or null
static napi_value Notification(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  PGnotify* notify = PQconsumeInput(conn) ? PQnotifies(conn) : NULL;
  if (notify == NULL) {
    napi_get_null(env, &result);
    return result;
  }
  napi_create_string_utf8(env, notify->extra, NAPI_AUTO_LENGTH, &result);
  PQfreemem(notify);
  return result;
}

// finish() closes the connection
static napi_value Finish(napi_env env, napi_callback_info info) {
  (void)info;
  PQfinish(conn);
  conn = NULL;
  return Int(env, 0);
}

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback function;
  } table[] = {
      {"connectStart", ConnectStart}, {"socket", Socket}, {"connectPoll", ConnectPoll},
      {"notification", Notification}, {"finish", Finish},
  };
  for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
    napi_value function;
    napi_create_function(env, table[i].name, NAPI_AUTO_LENGTH, table[i].function, NULL, &function);
    napi_set_named_property(env, exports, table[i].name, function);
  }
  return exports;
}
