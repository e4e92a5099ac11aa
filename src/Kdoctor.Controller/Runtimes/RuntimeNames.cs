using System.Security.Cryptography;
using System.Text;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Runtimes;

/// <summary>
/// What a task's own agents and their parts are called: the kind and the name in lower case. A name that would be too long, or that has dots, is cut
/// and made its own by a hash, for two tasks must never share a runtime.
/// </summary>
internal static class RuntimeNames
{
    // A Service's name has at most 63 characters, of which its family takes 5; a pod's adds up to 17 to its workload's.
    private const int MaxLength = 46;
    private const int HashLength = 8;

    /// <summary>The workload's and the Ingress's name, and the value of the runtime's label.</summary>
    public static string Of(TaskDefinition task) => Of(task.Kind.ToString(), task.Name);

    public static string Of(string kind, string name)
    {
        var whole = $"{kind.ToLowerInvariant()}-{name}";
        if (whole.Length <= MaxLength && !whole.Contains('.', StringComparison.Ordinal))
            return whole;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..HashLength];
        var start = whole[..Math.Min(whole.Length, MaxLength - HashLength - 1)].Replace('.', '-').TrimEnd('-');
        return $"{start}-{hash}";
    }

    /// <summary>A workload's Service over IPv4.</summary>
    public static string ServiceV4(string workload) => workload + "-ipv4";

    /// <summary>A workload's Service over IPv6.</summary>
    public static string ServiceV6(string workload) => workload + "-ipv6";
}
