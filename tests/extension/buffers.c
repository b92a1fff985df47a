/* A third extension: types of library modules that C code reaches by name, and the tables that modules offer. */

#include <stddef.h>
#include <stdint.h>

typedef intptr_t Py_ssize_t;
typedef struct _object PyObject;
typedef struct { const char *name; PyObject *(*function)(PyObject *, PyObject *); int flags; const char *doc; } PyMethodDef;
typedef struct {
    uint64_t count;
    void *type, *init;
    Py_ssize_t index;
    PyObject *copy;
    const char *name, *doc;
    Py_ssize_t size;
    PyMethodDef *methods;
    void *slots, *traverse, *clear, *free;
} PyModuleDef;
typedef struct { void *buf; PyObject *obj; Py_ssize_t len; } View;

extern char PyContext_Type[], PyContextVar_Type[], PyContextToken_Type[], PyPickleBuffer_Type[];
PyObject *PyModule_Create2(PyModuleDef *, int);
int PyModule_AddObjectRef(PyObject *, const char *, PyObject *);
PyObject *PyPickleBuffer_FromObject(PyObject *);
const View *PyPickleBuffer_GetBuffer(PyObject *);
int PyPickleBuffer_Release(PyObject *);
PyObject *PyBytes_FromStringAndSize(const char *, Py_ssize_t);
PyObject *PyLong_FromLong(long);
void *PyCapsule_Import(const char *, int);
PyObject *PyTuple_Pack(Py_ssize_t, ...);

static PyObject *wrap(PyObject *self, PyObject *object) { return PyPickleBuffer_FromObject(object); }

static PyObject *bytes_of(PyObject *self, PyObject *object) {
    const View *view = PyPickleBuffer_GetBuffer(object);
    return view ? PyBytes_FromStringAndSize(view->buf, view->len) : NULL;
}

static PyObject *release(PyObject *self, PyObject *object) {
    int status = PyPickleBuffer_Release(object);
    return status < 0 ? NULL : PyLong_FromLong(status);
}

static PyObject *sockets(PyObject *self, PyObject *nothing) {
    PyObject **table = PyCapsule_Import("_socket.CAPI", 0);
    return table ? PyTuple_Pack(3, table[0], table[1], table[2]) : NULL;
}

static PyMethodDef methods[] = {
    {"wrap", wrap, 8, NULL},
    {"bytes_of", bytes_of, 8, NULL},
    {"release", release, 8, NULL},
    {"sockets", sockets, 4, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {.count = 1, .name = "buffers", .size = -1, .methods = methods};

PyObject *PyInit_buffers(void) {
    PyObject *module = PyModule_Create2(&definition, 1013);
    if (!module) return NULL;
    PyModule_AddObjectRef(module, "Context", (PyObject *)PyContext_Type);
    PyModule_AddObjectRef(module, "ContextVar", (PyObject *)PyContextVar_Type);
    PyModule_AddObjectRef(module, "Token", (PyObject *)PyContextToken_Type);
    PyModule_AddObjectRef(module, "PickleBuffer", (PyObject *)PyPickleBuffer_Type);
    return module;
}
