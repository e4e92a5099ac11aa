using System.Reflection;
using Kdoctor.Controller.Storage;

namespace Kdoctor.Tests.Controller.Storage;

/// <summary>A store that does what the one behind it does, but for one call.</summary>
public class StoreProxy : DispatchProxy
{
    private IRoundStore store = null!;
    private string method = "";
    private Func<object?[], object> instead = null!;

    /// <param name="store">The one behind it.</param>
    /// <param name="method">The call.</param>
    /// <param name="instead">What is done for it, with its arguments: a task of what it answers.</param>
    public static IRoundStore Of(IRoundStore store, string method, Func<object?[], object> instead)
    {
        var made = Create<IRoundStore, StoreProxy>();
        var proxy = (StoreProxy)(object)made;
        (proxy.store, proxy.method, proxy.instead) = (store, method, instead);
        return made;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == method ? instead(args ?? []) : targetMethod.Invoke(store, args);
}
