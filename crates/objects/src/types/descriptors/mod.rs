//! What the declarations of a native type become, and the descriptors that Python code makes.
//!
//! | file | holds |
//! |---|---|
//! | `head` | what all descriptors of native types share |
//! | `method`, `classmethod_descriptor` | `method_descriptor` with one vectorcall per convention; `classmethod_descriptor` |
//! | `wrapper` | `wrapper_descriptor`, `method-wrapper`: slots as methods |
//! | `member` | `member_descriptor`, reading and writing fields of C structs |
//! | `getset` | `getset_descriptor` |
//! | `property`, `function_wrappers` | `property`; `classmethod` and `staticmethod` |
//! | `mappingproxy` | `mappingproxy` |

mod classmethod_descriptor;
mod function_wrappers;
mod getset;
mod head;
mod mappingproxy;
mod mappingproxy_methods;
mod member;
mod method;
mod property;
mod wrapper;

pub use classmethod_descriptor::{PyClassMethodDescr, PyClassMethodDescr_Type, new_classmethod};
pub use function_wrappers::{
    PyClassMethod, PyClassMethod_Type, PyStaticMethod, PyStaticMethod_Type, field_dict,
    new_classmethod_object, new_staticmethod, set_field_dict,
};
pub use getset::{PyGetSetDescr, PyGetSetDescr_Type, new_getset};
pub use head::DescrHead;
pub use mappingproxy::{PyDictProxy_Type, PyMappingProxy};
pub use member::{PyMemberDescr, PyMemberDescr_Type, get_member, new_member, set_member};
pub use method::{PyMethodDescr, PyMethodDescr_Type, new_method};
pub use property::{PyProperty, PyProperty_Type};
pub use wrapper::{_PyMethodWrapper_Type, PyMethodWrapper, PyWrapperDescr, PyWrapperDescr_Type, new_wrapper};
