namespace Kdoctor.ApiServer.Security;

/// <summary>Who a request comes from.</summary>
/// <param name="Name">User name, for example <c>system:serviceaccount:kdoctor:default</c>.</param>
/// <param name="Groups">Groups of the user.</param>
public sealed record Caller(string Name, IReadOnlyList<string> Groups);
