/* An extension module that exercises the C API: its prototypes are written by hand. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef intptr_t Py_ssize_t;
typedef struct _object {
    struct { uint32_t refcnt; uint16_t overflow, flags; } head;
    struct _type *type;
} PyObject;
typedef struct _type PyTypeObject;
typedef struct { const char *name; PyObject *(*function)(PyObject *, PyObject *); int flags; const char *doc; } PyMethodDef;
typedef struct { int slot; void *value; } Slot;
typedef struct {
    PyObject base;
    void *init;
    Py_ssize_t index;
    PyObject *copy;
    const char *name, *doc;
    Py_ssize_t size;
    PyMethodDef *methods;
    Slot *slots;
    void *traverse, *clear, *free;
} PyModuleDef;
typedef struct { const char *name; int basicsize, itemsize; unsigned flags; Slot *slots; } PyType_Spec;
typedef struct {
    void *buf;
    PyObject *obj;
    Py_ssize_t len, itemsize;
    int readonly, ndim;
    char *format;
    Py_ssize_t *shape, *strides, *suboffsets;
    void *internal;
} Py_buffer;

extern PyObject *PyExc_ValueError, _Py_NoneStruct;
PyObject *PyModuleDef_Init(PyModuleDef *);
PyObject *PyType_FromModuleAndSpec(PyObject *, PyType_Spec *, PyObject *);
int PyModule_AddObjectRef(PyObject *, const char *, PyObject *);
int PyModule_AddIntConstant(PyObject *, const char *, long);
void *PyModule_GetState(PyObject *);
int PyArg_ParseTuple(PyObject *, const char *, ...);
int PyArg_ParseTupleAndKeywords(PyObject *, PyObject *, const char *, const char *const *, ...);
PyObject *Py_BuildValue(const char *, ...);
PyObject *PyErr_Format(PyObject *, const char *, ...);
PyObject *_PyErr_FormatFromCause(PyObject *, const char *, ...);
PyObject *PyFrozenSet_New(PyObject *);
int PySet_Add(PyObject *, PyObject *);
PyObject *PyErr_NewException(const char *, PyObject *, PyObject *);
PyObject *PyErr_GetRaisedException(void);
PyObject *PyObject_Str(PyObject *);
PyObject *PyObject_CallFunction(PyObject *, const char *, ...);
int PyObject_GetBuffer(PyObject *, Py_buffer *, int);
void PyBuffer_Release(Py_buffer *);
int PyBuffer_FillInfo(Py_buffer *, PyObject *, void *, Py_ssize_t, int, int);
PyObject *PyLong_FromLong(long);
PyObject *PyLong_FromSsize_t(Py_ssize_t);
PyObject *PyUnicode_FromFormat(const char *, ...);
void *PyEval_SaveThread(void);
void PyEval_RestoreThread(void *);
int PyGILState_Ensure(void);
void PyGILState_Release(int);
int PyGILState_Check(void);
void Py_IncRef(PyObject *);
void Py_DecRef(PyObject *);

#define METH_VARARGS 1
#define METH_KEYWORDS 2
#define METH_NOARGS 4
#define METH_O 8

typedef struct { PyObject *error; long calls; } State;

/* Formats: integers, floats, text, bytes, nested tuples, optional and keyword-only arguments. */
static PyObject *parse(PyObject *self, PyObject *args) {
    int small;
    long long wide;
    double real;
    const char *text;
    Py_buffer bytes;
    PyObject *any = NULL;
    if (!PyArg_ParseTuple(args, "i(Ld)sy*|O:parse", &small, &wide, &real, &text, &bytes, &any)) {
        return NULL;
    }
    Py_ssize_t length = bytes.len;
    PyBuffer_Release(&bytes);
    ((State *)PyModule_GetState(self))->calls++;
    return Py_BuildValue("{s:i,s:L,s:d,s:s,s:n,s:O}", "small", small, "wide", wide, "real", real, "text", text, "length", length, "any", any ? any : &_Py_NoneStruct);
}

static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kwargs) {
    static const char *const names[] = {"first", "second", "third", NULL};
    int first, second = 2, third = 3;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i|i$p:keywords", names, &first, &second, &third)) {
        return NULL;
    }
    return Py_BuildValue("(ii[i])", first, second, third);
}

static PyObject *build(PyObject *self, PyObject *ignored) {
    return Py_BuildValue("(isdy#Nc(O)[])", -7, "text", 0.5, "ab", (Py_ssize_t)2, PyUnicode_FromFormat("%s-%d-%05x-%zd-%U", "f", -3, 255, (Py_ssize_t)9, PyUnicode_FromFormat("u")), 'c', &_Py_NoneStruct);
}

static PyObject *fail(PyObject *self, PyObject *value) {
    State *state = PyModule_GetState(self);
    return PyErr_Format(state->error, "failed with %R of %s", value, "C");
}

/* Calls back, and gives what was raised as text. */
static PyObject *attempt(PyObject *self, PyObject *callable) {
    PyObject *result = PyObject_CallFunction(callable, "is", 1, "two");
    if (result != NULL) {
        return result;
    }
    PyObject *error = PyErr_GetRaisedException();
    PyObject *text = PyObject_Str(error);
    Py_DecRef(error);
    return text;
}

/* Calls back; what is raised becomes the cause of an error of the module. */
static PyObject *reraise(PyObject *self, PyObject *callable) {
    State *state = PyModule_GetState(self);
    PyObject *result = PyObject_CallFunction(callable, NULL);
    return result != NULL ? result : _PyErr_FormatFromCause(state->error, "around %R", callable);
}

/* A frozen set filled member by member, as long as it is new. */
static PyObject *frozen(PyObject *self, PyObject *member) {
    PyObject *set = PyFrozenSet_New(NULL);
    if (set == NULL || PySet_Add(set, member) < 0 || PySet_Add(set, self) < 0) {
        return NULL;
    }
    return set;
}

static PyObject *add(PyObject *self, PyObject *set) { return PySet_Add(set, self) < 0 ? NULL : PyLong_FromLong(1); }

static PyObject *sum(PyObject *self, PyObject *exporter) {
    Py_buffer view;
    if (PyObject_GetBuffer(exporter, &view, 0) < 0) {
        return NULL;
    }
    long total = 0;
    void *thread = PyEval_SaveThread();
    int attached = PyGILState_Check();
    for (Py_ssize_t index = 0; index < view.len; index++) {
        total += ((unsigned char *)view.buf)[index];
    }
    int before = PyGILState_Ensure();
    PyGILState_Release(before);
    PyEval_RestoreThread(thread);
    PyBuffer_Release(&view);
    return Py_BuildValue("li", total, attached);
}

static PyObject *calls(PyObject *self, PyObject *ignored) { return PyLong_FromLong(((State *)PyModule_GetState(self))->calls); }

static PyMethodDef functions[] = {
    {"parse", parse, METH_VARARGS, "parse(...)\n--\n\nParses."},
    {"keywords", (PyObject *(*)(PyObject *, PyObject *))(void *)keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"build", build, METH_NOARGS, NULL},
    {"fail", fail, METH_O, NULL},
    {"attempt", attempt, METH_O, NULL},
    {"reraise", reraise, METH_O, NULL},
    {"frozen", frozen, METH_O, NULL},
    {"add", add, METH_O, NULL},
    {"sum", sum, METH_O, NULL},
    {"calls", calls, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* A type from a specification: eight bytes that show themselves as a buffer. */
typedef struct { PyObject base; char bytes[8]; int exports; } Box;

static int box_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    const char *text;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "y#", &text, &length)) {
        return -1;
    }
    if (length > 8) {
        PyErr_Format(PyExc_ValueError, "%zd bytes are too many", length);
        return -1;
    }
    memcpy(((Box *)self)->bytes, text, (size_t)length);
    return 0;
}

static Py_ssize_t box_length(PyObject *self) { return 8; }

static PyObject *box_item(PyObject *self, Py_ssize_t index) { return PyLong_FromLong(((Box *)self)->bytes[index & 7]); }

static PyObject *box_repr(PyObject *self) { return PyUnicode_FromFormat("<box %.8s>", ((Box *)self)->bytes); }

static PyObject *box_exports(PyObject *self, void *closure) { return PyLong_FromSsize_t(((Box *)self)->exports); }

static int box_buffer(PyObject *self, Py_buffer *view, int flags) {
    ((Box *)self)->exports++;
    return PyBuffer_FillInfo(view, self, ((Box *)self)->bytes, 8, 0, flags);
}

static void box_release(PyObject *self, Py_buffer *view) { ((Box *)self)->exports--; }

static struct { const char *name; void *get, *set; const char *doc; void *closure; } box_getset[] = {
    {"exports", (void *)box_exports, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* Py_bf_getbuffer 1, Py_bf_releasebuffer 2, Py_sq_item 44, Py_sq_length 45, Py_tp_init 60, Py_tp_repr 66, Py_tp_getset 73 */
static Slot box_slots[] = {
    {1, (void *)box_buffer}, {2, (void *)box_release}, {44, (void *)box_item}, {45, (void *)box_length},
    {60, (void *)box_init},  {66, (void *)box_repr},   {73, box_getset},       {0, NULL},
};
static PyType_Spec box_spec = {"extension.Box", sizeof(Box), 0, 1 << 10, box_slots};

static int run(PyObject *module) {
    State *state = PyModule_GetState(module);
    state->error = PyErr_NewException("extension.Error", PyExc_ValueError, NULL);
    PyObject *box = PyType_FromModuleAndSpec(module, &box_spec, NULL);
    if (state->error == NULL || box == NULL) {
        return -1;
    }
    int status = PyModule_AddObjectRef(module, "Error", state->error) | PyModule_AddObjectRef(module, "Box", box);
    Py_DecRef(box);
    return status | PyModule_AddIntConstant(module, "ANSWER", 42);
}

static Slot slots[] = {{2, (void *)run}, {0, NULL}};
static PyModuleDef definition = {
    .base = {{1, 0, 0}, NULL}, .name = "extension", .doc = "Made by hand.", .size = sizeof(State), .methods = functions, .slots = slots};

PyObject *PyInit_extension(void) { return PyModuleDef_Init(&definition); }
