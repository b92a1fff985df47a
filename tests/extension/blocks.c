/* A third extension: blocks of memory, damaged on purpose, and blocks that the tracer of memory is told of. */

#include <stddef.h>
#include <stdint.h>
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
    void *traverse, *clear, *free;
} PyModuleDef;

PyObject *PyModuleDef_Init(PyModuleDef *);
int PyArg_ParseTuple(PyObject *, const char *, ...);
PyObject *Py_BuildValue(const char *, ...);
void *PyMem_RawMalloc(size_t);
void *PyMem_RawCalloc(size_t, size_t);
void *PyMem_RawRealloc(void *, size_t);
void PyMem_RawFree(void *);
void *PyMem_Malloc(size_t);
void *PyMem_Calloc(size_t, size_t);
void *PyMem_Realloc(void *, size_t);
void PyMem_Free(void *);
void *PyObject_Malloc(size_t);
void *PyObject_Calloc(size_t, size_t);
void *PyObject_Realloc(void *, size_t);
void PyObject_Free(void *);
void PyMem_SetupDebugHooks(void);
void *PyEval_SaveThread(void);
void PyEval_RestoreThread(void *);
int PyTraceMalloc_Track(unsigned, uintptr_t, size_t);
int PyTraceMalloc_Untrack(unsigned, uintptr_t);

static void *(*const mallocs[])(size_t) = {PyMem_RawMalloc, PyMem_Malloc, PyObject_Malloc};
static void *(*const callocs[])(size_t, size_t) = {PyMem_RawCalloc, PyMem_Calloc, PyObject_Calloc};
static void *(*const reallocs[])(void *, size_t) = {PyMem_RawRealloc, PyMem_Realloc, PyObject_Realloc};
static void (*const frees[])(void *) = {PyMem_RawFree, PyMem_Free, PyObject_Free};

/* Makes a block in one domain, writes a byte at some distance from it, and ends it in another. */
static PyObject *damage(PyObject *self, PyObject *args) {
    int from, to, offset, byte, longer;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "iniii", &from, &size, &offset, &byte, &to)) return NULL;
    longer = to >= 10;
    unsigned char *block = mallocs[from](size);
    block[offset] = byte;
    if (longer) {
        reallocs[to - 10](block, size * 2);
    } else {
        frees[to](block);
    }
    return Py_BuildValue("");
}

/* What a block holds over its life, as far as that is defined. */
static PyObject *life(PyObject *self, PyObject *args) {
    int domain;
    if (!PyArg_ParseTuple(args, "i", &domain)) return NULL;
    unsigned char fresh[28], zeroed[28], longer[38], shorter[18];
    unsigned char *block = mallocs[domain](20);
    memcpy(fresh, block - 8, 28);
    unsigned char *other = callocs[domain](4, 5);
    memcpy(zeroed, other, 28);
    frees[domain](other);
    block = reallocs[domain](block, 30);
    memcpy(longer, block, 38);
    block = reallocs[domain](block, 10);
    memcpy(shorter, block, 18);
    frees[domain](block);
    return Py_BuildValue("(y#y#y#y#)", fresh, (Py_ssize_t)28, zeroed, (Py_ssize_t)28, longer, (Py_ssize_t)38, shorter, (Py_ssize_t)18);
}

static PyObject *without_lock(PyObject *self, PyObject *args) {
    int domain, call;
    if (!PyArg_ParseTuple(args, "ii", &domain, &call)) return NULL;
    void *block = mallocs[domain](8);
    void *thread = PyEval_SaveThread();
    switch (call) {
    case 0: mallocs[domain](8); break;
    case 1: callocs[domain](8, 1); break;
    case 2: reallocs[domain](block, 9); break;
    case 3: frees[domain](block); break;
    }
    PyEval_RestoreThread(thread);
    return Py_BuildValue("");
}

/* Zero bytes are a block, sizes that no memory has are none. */
static PyObject *extremes(PyObject *self, PyObject *args) {
    int good = 1;
    for (int domain = 0; domain < 3; domain++) {
        void *none = mallocs[domain](0), *zeroed = callocs[domain](0, 4);
        good &= none != NULL && zeroed != NULL && none != zeroed;
        good &= mallocs[domain](SIZE_MAX / 2 + 1) == NULL && callocs[domain](SIZE_MAX / 2, 4) == NULL;
        good &= reallocs[domain](none, SIZE_MAX / 2 + 1) == NULL;
        frees[domain](none);
        frees[domain](zeroed);
        frees[domain](NULL);
    }
    return Py_BuildValue("i", good);
}

static PyObject *set_up(PyObject *self, PyObject *args) {
    PyMem_SetupDebugHooks();
    PyMem_SetupDebugHooks();
    return Py_BuildValue("");
}

static PyObject *track(PyObject *self, PyObject *args) {
    unsigned domain;
    Py_ssize_t address, size;
    int unlocked;
    if (!PyArg_ParseTuple(args, "Inni", &domain, &address, &size, &unlocked)) return NULL;
    void *thread = unlocked ? PyEval_SaveThread() : NULL;
    int result = size < 0 ? PyTraceMalloc_Untrack(domain, address) : PyTraceMalloc_Track(domain, address, size);
    if (unlocked) PyEval_RestoreThread(thread);
    return Py_BuildValue("i", result);
}

static PyMethodDef functions[] = {
    {"damage", damage, 1, NULL}, {"life", life, 1, NULL},     {"without_lock", without_lock, 1, NULL}, {"extremes", extremes, 4, NULL},
    {"set_up", set_up, 4, NULL}, {"track", track, 1, NULL}, {NULL, NULL, 0, NULL},
};

static Slot slots[] = {{0, NULL}};
static PyModuleDef definition = {.count = 1, .name = "blocks", .methods = functions, .slots = slots};

PyObject *PyInit_blocks(void) { return PyModuleDef_Init(&definition); }
