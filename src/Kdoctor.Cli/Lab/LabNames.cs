using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kdoctor.Cli.Lab;

/// <summary>The names and identities of the lab's nodes and agents.</summary>
internal static class LabNames
{
    public static string Node(int number) => string.Create(CultureInfo.InvariantCulture, $"node-{number}");

    /// <summary>The labels that every node of a cluster has.</summary>
    public static ImmutableDictionary<string, string> LabelsOf(int number) => ImmutableDictionary<string, string>.Empty
        .Add("kubernetes.io/hostname", Node(number)).Add("kubernetes.io/os", "linux");

    public static string Agent(int number) => string.Create(CultureInfo.InvariantCulture, $"agent-{number}");

    /// <summary>The same agent of the same installation always has the same identity, so that a restarted lab knows its agents again.</summary>
    public static string AgentId(string installation, int number) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{installation}/agent/{number}"))).AsSpan(0, 16)).ToString();
}
