// What Swift calls of liblttng-ctl, and what its importer cannot: fixed arrays that are too long for it.
#include <lttng/lttng.h>
#include <stdlib.h>
#include <string.h>

/// The name of a session in the array that lttng_list_sessions gives.
static inline const char *pooltrace_session_name(const struct lttng_session *sessions, int index) {
    return sessions[index].name;
}

/// The handle of a session's user-space domain with buffers for each user; null where memory is short.
static inline struct lttng_handle *pooltrace_session_handle(const char *session) {
    struct lttng_domain domain;
    memset(&domain, 0, sizeof domain);
    domain.type = LTTNG_DOMAIN_UST;
    domain.buf_type = LTTNG_BUFFER_PER_UID;
    return lttng_create_handle(session, &domain);
}

/// Adds a channel that discards events while its buffers are full. Returns 0 or a negative LTTng code.
static inline int pooltrace_enable_channel(
    struct lttng_handle *handle, const char *name, uint64_t buffer_size, uint64_t buffer_count) {
    struct lttng_channel *channel = lttng_channel_create(&handle->domain);
    if (!channel) return -LTTNG_ERR_NOMEM;
    strncpy(channel->name, name, sizeof channel->name - 1);
    // LTTng 2.13 enables it whatever this says, 2.16 does not.
    channel->enabled = 1;
    channel->attr.overwrite = 0;
    channel->attr.subbuf_size = buffer_size;
    channel->attr.num_subbuf = buffer_count;
    int code = lttng_enable_channel(handle, channel);
    lttng_channel_destroy(channel);
    return code;
}

/// Enables the tracepoints that match a pattern, except for those named. Returns 0 or a negative LTTng code.
static inline int pooltrace_enable_events(
    struct lttng_handle *handle, const char *channel, const char *pattern, int excluded_count, char **excluded) {
    struct lttng_event *event = lttng_event_create();
    if (!event) return -LTTNG_ERR_NOMEM;
    event->type = LTTNG_EVENT_TRACEPOINT;
    event->loglevel_type = LTTNG_EVENT_LOGLEVEL_ALL;
    strncpy(event->name, pattern, sizeof event->name - 1);
    int code = lttng_enable_event_with_exclusions(handle, event, channel, NULL, excluded_count, excluded);
    lttng_event_destroy(event);
    return code;
}

/// Records the process, the thread and the name of the emitting thread. Returns 0 or a negative LTTng code.
static inline int pooltrace_add_contexts(struct lttng_handle *handle, const char *channel) {
    static const enum lttng_event_context_type types[] = {
        LTTNG_EVENT_CONTEXT_VPID, LTTNG_EVENT_CONTEXT_VTID, LTTNG_EVENT_CONTEXT_PROCNAME};
    for (size_t index = 0; index < sizeof types / sizeof types[0]; index++) {
        struct lttng_event_context context;
        memset(&context, 0, sizeof context);
        context.ctx = types[index];
        int code = lttng_add_context(handle, &context, NULL, channel);
        if (code < 0) return code;
    }
    return 0;
}

/// Adds up the events that all channels of a session discarded. Returns 0 or a negative LTTng code.
static inline int pooltrace_discarded_events(struct lttng_handle *handle, uint64_t *discarded) {
    struct lttng_channel *channels = NULL;
    int count = lttng_list_channels(handle, &channels);
    *discarded = 0;
    for (int index = 0; index < count; index++) {
        uint64_t events = 0;
        int code = lttng_channel_get_discarded_event_count(&channels[index], &events);
        if (code < 0) count = code;
        *discarded += events;
    }
    // Not lttng_channel_destroy: the array is one allocation.
    free(channels);
    return count < 0 ? count : 0;
}
