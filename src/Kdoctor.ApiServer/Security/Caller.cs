namespace Kdoctor.ApiServer.Security;

/// <summary>Who a request comes from.</summary>
/// <param name="Name">User name, for example <c>system:serviceaccount:kdoctor:default</c>.</param>
/// <param name="Groups">Groups of the user.</param>
public sealed record Caller(string Name, IReadOnlyList<string> Groups)
{
    /// <summary>What identifies the user over time; null where the authenticator does not say.</summary>
    public string? Uid { get; init; }

    /// <summary>What else the authenticator knows, by key; for those who decide what the user may do.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
