//! Names that a module has already, so that no other module can be added under them.
//!
//! `torch.nn.Module.add_module` (PyTorch 2.15) raises for what a module has when the nodes are added. What
//! it gets later, and what stands only for itself, fails later: in the assignment, or in the first call.

use super::ending::Ending;

/// What adding a module under a reserved name says.
pub(super) fn ending(prefix: &str, name: &str) -> Ending {
    let says = format!("KeyError: \"attribute '{name}' already exists\"");
    Ending::import(&format!("{prefix}{name}"), &says).of_name()
}

/// What assigning a value of this type over a module says.
pub(super) fn assigned(prefix: &str, name: &str, kind: &str) -> Ending {
    let says = format!(
        "TypeError: cannot assign '{kind}' as child module '{name}' (torch.nn.Module or None expected)"
    );
    Ending::import(&format!("{prefix}{name}"), &says).of_name()
}

/// What a `GraphExecutor` has when modules are added to it (nirtorch 2.6, `graph_executor.py`).
pub(super) const EXECUTOR: [&str; 8] = [
    "_apply_module",
    "_is_module_stateful",
    "get_execution_order",
    "get_input_nodes",
    "graph",
    "instantiate_modules",
    "return_state",
    "stateful_modules",
];

/// What a `GraphExecutor` assigns when it has its modules, with the type.
pub(super) const EXECUTOR_LATE: [(&str, &str); 1] = [("execution_order", "list")];

/// What a `torch.fx.GraphModule` assigns when it has its modules, with the type.
pub(super) const GRAPH_MODULE_LATE: [(&str, &str); 10] = [
    ("_code", "str"),
    ("_create_node_hooks", "list"),
    ("_deepcopy_hooks", "list"),
    ("_erase_node_hooks", "list"),
    ("_graph", "torch.fx.graph.Graph"),
    ("_lineno_map", "dict"),
    ("_prologue_start", "int"),
    ("_replace_hooks", "list"),
    ("graph", "torch.fx.graph.Graph"),
    ("meta", "dict"),
];

/// What a `torch.fx.GraphModule` has of its own: the generated code calls it in place of the node.
#[rustfmt::skip]
pub(super) const GRAPH_MODULE: [&str; 27] = [
    "__copy__", "__deepcopy__", "__jit_unused_properties__", "__reduce_package__", "_boxed_call",
    "_deepcopy_init", "_recompile_submodules", "_register_create_node_hook",
    "_register_deepcopy_hook", "_register_erase_node_hook", "_register_replace_node_hook",
    "_set_replace_hook", "_tracer_cls", "_tracer_extras", "_unregister_create_node_hook",
    "_unregister_deepcopy_hook", "_unregister_erase_node_hook", "_unregister_replace_node_hook",
    "_wrapped_call", "add_submodule", "code", "delete_all_unused_submodules", "delete_submodule",
    "print_readable", "recompile", "shape_env", "to_folder",
];

/// What every module has.
#[rustfmt::skip]
pub(super) const MODULE: [&str; 117] = [
    "T_destination", "__annotations__", "__call__", "__class__", "__delattr__", "__dict__",
    "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattr__", "__getattribute__",
    "__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__",
    "__module__", "__ne__", "__new__", "__reduce__", "__reduce_ex__", "__repr__", "__setattr__",
    "__setstate__", "__sizeof__", "__str__", "__subclasshook__", "__weakref__", "_apply",
    "_backward_hooks", "_backward_pre_hooks", "_buffers", "_call_impl", "_compiled_call_impl",
    "_forward_hooks", "_forward_hooks_always_called", "_forward_hooks_with_kwargs",
    "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_get_backward_hooks",
    "_get_backward_pre_hooks", "_get_name", "_is_full_backward_hook", "_load_from_state_dict",
    "_load_state_dict_post_hooks", "_load_state_dict_pre_hooks",
    "_maybe_warn_non_full_backward_hook", "_modules", "_named_members",
    "_non_persistent_buffers_set", "_parameters", "_register_load_state_dict_pre_hook",
    "_register_state_dict_hook", "_replicate_for_data_parallel", "_save_to_state_dict",
    "_slow_forward", "_state_dict_hooks", "_state_dict_pre_hooks", "_version",
    "_wrapped_call_impl", "add_module", "apply", "bfloat16", "buffers", "call_super_init",
    "children", "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr", "float",
    "forward", "get_buffer", "get_extra_state", "get_parameter", "get_submodule", "half", "ipu",
    "load_state_dict", "modules", "mtia", "named_buffers", "named_children", "named_modules",
    "named_parameters", "parameters", "register_backward_hook", "register_buffer",
    "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
    "register_full_backward_pre_hook", "register_load_state_dict_post_hook",
    "register_load_state_dict_pre_hook", "register_module", "register_parameter",
    "register_state_dict_post_hook", "register_state_dict_pre_hook", "requires_grad_",
    "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train",
    "training", "type", "xpu", "zero_grad",
];

/// What a dictionary of modules has besides.
pub(super) const DICTIONARY: [&str; 12] = [
    "__contains__",
    "__delitem__",
    "__getitem__",
    "__iter__",
    "__len__",
    "__setitem__",
    "clear",
    "items",
    "keys",
    "pop",
    "update",
    "values",
];
