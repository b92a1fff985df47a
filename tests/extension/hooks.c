/* A second extension: hooks into the interpreter, and what a module's definition asks for at its end. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef intptr_t Py_ssize_t;
typedef struct _object PyObject;
typedef struct { const char *name; PyObject *(*function)(PyObject *, PyObject *); int flags; const char *doc; } PyMethodDef;
typedef struct { int slot; void *value; } Slot;
typedef struct {
    uint64_t count;
    void *type, *init;
    Py_ssize_t index;
    PyObject *copy;
    const char *name, *doc;
    Py_ssize_t size;
    PyMethodDef *methods;
    Slot *slots;
    int (*traverse)(PyObject *, void *, void *);
    int (*clear)(PyObject *);
    void (*free)(void *);
} PyModuleDef;
typedef struct {
    void *context;
    void *(*malloc)(void *, size_t);
    void *(*calloc)(void *, size_t, size_t);
    void *(*realloc)(void *, void *, size_t);
    void (*free)(void *, void *);
} Allocator;
typedef struct { const char *name, *doc; } Field;
typedef struct { const char *name, *doc; Field *fields; int visible; } Desc;
typedef struct { unsigned char active, opaque; } Monitored;

extern const char *const PyStructSequence_UnnamedField;
PyObject *PyModuleDef_Init(PyModuleDef *);
int PyArg_ParseTuple(PyObject *, const char *, ...);
PyObject *Py_BuildValue(const char *, ...);
PyObject *PyObject_CallNoArgs(PyObject *);
void Py_IncRef(PyObject *);
void Py_DecRef(PyObject *);
int PyFunction_AddWatcher(int (*)(int, PyObject *, PyObject *));
int PyFunction_ClearWatcher(int);
int PyCode_AddWatcher(int (*)(int, PyObject *));
int PyCode_ClearWatcher(int);
int PyContext_AddWatcher(int (*)(int, PyObject *));
int PyContext_ClearWatcher(int);
void PyEval_SetTrace(int (*)(PyObject *, PyObject *, int, PyObject *), PyObject *);
PyObject *PyEval_GetLocals(void);
void PyMem_GetAllocator(int, Allocator *);
void PyMem_SetAllocator(int, Allocator *);
void *PyMem_Malloc(size_t);
void *PyMem_Calloc(size_t, size_t);
void PyMem_Free(void *);
int PyRefTracer_SetTracer(int (*)(PyObject *, int, void *), void *);
PyObject *PyList_New(Py_ssize_t);
Py_ssize_t PyUnstable_Eval_RequestCodeExtraIndex(void (*)(void *));
int PyUnstable_PerfMapState_Init(void);
int PyUnstable_WritePerfMapEntry(const void *, unsigned int, const char *);
void PyUnstable_PerfMapState_Fini(void);
int PyUnstable_CopyPerfMapFile(const char *);
const char *PyUnicode_AsUTF8(PyObject *);
int PyUnstable_Code_SetExtra(PyObject *, Py_ssize_t, void *);
int PyUnstable_Code_GetExtra(PyObject *, Py_ssize_t, void **);
PyObject *PyStructSequence_NewType(Desc *);
PyObject *PyMemoryView_GetContiguous(PyObject *, int, char);
int PyMonitoring_EnterScope(Monitored *, uint64_t *, const uint8_t *, Py_ssize_t);
int PyMonitoring_ExitScope(void);
int _PyMonitoring_FireLineEvent(Monitored *, PyObject *, int32_t, int);
int PyUnstable_AtExit(void *, void (*)(void *), void *);
void *PyInterpreterState_Get(void);
void PyMutex_Lock(unsigned char *);
void PyMutex_Unlock(unsigned char *);

static int counts[16];

static int function_event(int event, PyObject *function, PyObject *value) { counts[event]++; return 0; }
static int code_event(int event, PyObject *code) { counts[event]++; return 0; }
static int context_event(int event, PyObject *context) { counts[event]++; return 0; }
static int trace(PyObject *data, PyObject *frame, int what, PyObject *arg) { counts[what]++; return 0; }
static int object_event(PyObject *object, int event, void *data) { counts[event] += data == counts; return 0; }

static PyObject *counted(int much) {
    return much ? Py_BuildValue("(iiiii)", counts[0], counts[1], counts[2], counts[3], counts[4]) : Py_BuildValue("(ii)", counts[0], counts[1]);
}

/* Calls the function while a hook listens: what it is told, by number. */
static PyObject *watch(PyObject *self, PyObject *args) {
    const char *kind;
    PyObject *function;
    if (!PyArg_ParseTuple(args, "sO", &kind, &function)) {
        return NULL;
    }
    memset(counts, 0, sizeof counts);
    int id = -1;
    switch (kind[0]) {
    case 'f': id = PyFunction_AddWatcher(function_event); break;
    case 'c': id = PyCode_AddWatcher(code_event); break;
    case 'x': id = PyContext_AddWatcher(context_event); break;
    case 't': PyEval_SetTrace(trace, self); break;
    }
    PyObject *result = PyObject_CallNoArgs(function);
    switch (kind[0]) {
    case 'f': PyFunction_ClearWatcher(id); break;
    case 'c': PyCode_ClearWatcher(id); break;
    case 'x': PyContext_ClearWatcher(id); break;
    case 't': PyEval_SetTrace(NULL, NULL); break;
    }
    if (result == NULL) {
        return NULL;
    }
    Py_DecRef(result);
    return counted(1);
}

static PyObject *objects(PyObject *self, PyObject *args) {
    memset(counts, 0, sizeof counts);
    PyRefTracer_SetTracer(object_event, counts);
    PyObject *list = PyList_New(0);
    Py_DecRef(list);
    PyRefTracer_SetTracer(NULL, NULL);
    return counted(0);
}

static Allocator before;
static void *my_malloc(void *context, size_t size) { ++*(int *)context; return before.malloc(before.context, size); }
static void *my_calloc(void *context, size_t count, size_t size) { ++*(int *)context; return before.calloc(before.context, count, size); }
static void *my_realloc(void *context, void *block, size_t size) { return before.realloc(before.context, block, size); }
static void my_free(void *context, void *block) { counts[1]++; before.free(before.context, block); }

static PyObject *allocators(PyObject *self, PyObject *args) {
    memset(counts, 0, sizeof counts);
    Allocator mine = {&counts[0], my_malloc, my_calloc, my_realloc, my_free};
    PyMem_GetAllocator(1, &before);
    PyMem_SetAllocator(1, &mine);
    void *first = PyMem_Malloc(10), *second = PyMem_Calloc(3, 5);
    int zeroed = ((char *)second)[14] == 0;
    PyMem_Free(first);
    PyMem_Free(second);
    PyMem_SetAllocator(1, &before);
    PyMem_Free(PyMem_Malloc(1));
    return Py_BuildValue("(iii)", counts[0], counts[1], zeroed);
}

/* A line in the map of perf, then the same lines once more from a copy; a map that is not there. */
static PyObject *perf_map(PyObject *self, PyObject *path) {
    int opened = PyUnstable_PerfMapState_Init();
    int written = PyUnstable_WritePerfMapEntry((void *)0x1234, 171, "of an extension");
    int copied = PyUnstable_CopyPerfMapFile(PyUnicode_AsUTF8(path));
    PyUnstable_PerfMapState_Fini();
    return Py_BuildValue("(iiii)", opened, written, copied, PyUnstable_CopyPerfMapFile("/nonexistent/map"));
}

static void free_extra(void *value) { printf("freed %s\n", (char *)value); fflush(stdout); }

static PyObject *extra(PyObject *self, PyObject *code) {
    static Py_ssize_t index = -1;
    if (index < 0) {
        index = PyUnstable_Eval_RequestCodeExtraIndex(free_extra);
    }
    void *value = NULL;
    if (PyUnstable_Code_GetExtra(code, index, &value) < 0) {
        return NULL;
    }
    PyObject *found = Py_BuildValue("z", (char *)value);
    if (PyUnstable_Code_SetExtra(code, index, value == NULL ? "first" : "second") < 0) {
        return NULL;
    }
    return found;
}

static PyObject *sequence_type(PyObject *self, PyObject *args) {
    Field fields[] = {{"first", "one"}, {PyStructSequence_UnnamedField, NULL}, {"hidden", NULL}, {NULL, NULL}};
    Desc desc = {"hooks.Fields", "Three of them.", fields, 2};
    return PyStructSequence_NewType(&desc);
}

static PyObject *contiguous(PyObject *self, PyObject *args) {
    PyObject *object;
    int order;
    return PyArg_ParseTuple(args, "OC", &object, &order) ? PyMemoryView_GetContiguous(object, 0x100, (char)order) : NULL;
}

static PyObject *locals(PyObject *self, PyObject *args) {
    PyObject *found = PyEval_GetLocals();
    Py_IncRef(found);
    return found;
}

/* Fires line events for a code-like object, in one scope. */
static PyObject *lines(PyObject *self, PyObject *code) {
    static Monitored state;
    static uint64_t version;
    const uint8_t event = 5;
    if (PyMonitoring_EnterScope(&state, &version, &event, 1) < 0) {
        return NULL;
    }
    for (int line = 10; line < 13; line++) {
        if (state.active && _PyMonitoring_FireLineEvent(&state, code, line, line) < 0) {
            return NULL;
        }
    }
    PyMonitoring_ExitScope();
    return Py_BuildValue("i", state.active);
}

static PyObject *mutex(PyObject *self, PyObject *args) {
    unsigned char byte = 0;
    PyMutex_Lock(&byte);
    int held = byte & 1;
    PyMutex_Unlock(&byte);
    return Py_BuildValue("(ii)", held, byte);
}

static void ended(void *data) { printf("ended %s\n", (char *)data); fflush(stdout); }

static PyObject *at_exit(PyObject *self, PyObject *args) {
    PyUnstable_AtExit(PyInterpreterState_Get(), ended, "first");
    PyUnstable_AtExit(PyInterpreterState_Get(), ended, "second");
    return Py_BuildValue("");
}

static PyMethodDef functions[] = {
    {"watch", watch, 1, NULL},       {"objects", objects, 4, NULL},       {"allocators", allocators, 4, NULL}, {"extra", extra, 8, NULL},
    {"locals", locals, 4, NULL},     {"sequence_type", sequence_type, 4, NULL}, {"contiguous", contiguous, 1, NULL}, {"lines", lines, 8, NULL},
    {"perf_map", perf_map, 8, NULL}, {"mutex", mutex, 4, NULL},       {"at_exit", at_exit, 4, NULL},       {NULL, NULL, 0, NULL},
};

static int traversed;
static int traverse(PyObject *self, void *visit, void *data) { traversed = 1; return 0; }
static void end(void *self) { printf("module freed, traversed %d\n", traversed); fflush(stdout); }

static Slot slots[] = {{0, NULL}};
static PyModuleDef definition = {.count = 1, .name = "hooks", .size = 8, .methods = functions, .slots = slots, .traverse = traverse, .free = end};

PyObject *PyInit_hooks(void) { return PyModuleDef_Init(&definition); }
