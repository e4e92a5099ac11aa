using System.Net;
using Kdoctor.Core.Settings;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Settings;

/// <summary>What types and ranges cannot say about settings.</summary>
internal static class SettingsRules
{
    private const int MaxListed = 1000;

    public static IEnumerable<SettingsProblem> Problems(ControllerSettings settings) =>
    [
        .. Namespaces(settings.SecretNamespaces),
        .. Ranges("targets.allow", settings.Targets.Allow),
        .. Ranges("targets.deny", settings.Targets.Deny),
        .. Storage(settings.Storage),
        .. Ports(settings.Ports),
    ];

    private static IEnumerable<SettingsProblem> Namespaces(IReadOnlyList<string> namespaces)
    {
        if (namespaces.Count > MaxListed)
            yield return new("secretNamespaces", $"lists {namespaces.Count} namespaces, but at most {MaxListed} are read", "list only those whose Secrets tasks need");
        for (var index = 0; index < Math.Min(namespaces.Count, MaxListed); index++)
        {
            if (namespaces[index] is { } name && !IsLabel(name))
                yield return new(
                    $"secretNamespaces[{index}]", $"is {ProblemWords.Quote(name)}, but a namespace's name is 1 to 63 of a-z, 0-9 and -, with a letter or digit at either end", "write the name of a namespace");
        }
    }

    private static IEnumerable<SettingsProblem> Ranges(string field, IReadOnlyList<string> ranges)
    {
        if (ranges.Count > MaxListed)
            yield return new(field, $"lists {ranges.Count} ranges, but at most {MaxListed} are read", "join neighbouring ranges");
        for (var index = 0; index < Math.Min(ranges.Count, MaxListed); index++)
        {
            if (ranges[index] is { } range && !IPAddress.TryParse(range, out _) && !IPNetwork.TryParse(range, out _))
                yield return new(
                    $"{field}[{index}]", $"is {ProblemWords.Quote(range)}, but must be an address or a range", "write it as 10.1.2.3, 10.1.0.0/16 or fd00:1::/32");
        }
    }

    private static IEnumerable<SettingsProblem> Storage(StorageSettings storage)
    {
        if (storage.Kind == StorageSettings.Sqlite && !Path.IsPathRooted(storage.Path))
            yield return new("storage.path", $"is {ProblemWords.Quote(storage.Path)}, but must be an absolute path", "write a path that begins with /");
    }

    private static IEnumerable<SettingsProblem> Ports(PortSettings ports)
    {
        if (ports.Health == ports.Api)
            yield return new("ports.health", $"is {ports.Health}, as ports.api is", "give each its own port") { Others = ["ports.api"] };
        if (ports.Agents == ports.Api || ports.Agents == ports.Health)
            yield return new("ports.agents", $"is {ports.Agents}, as another port is", "give each its own port") { Others = ["ports.api", "ports.health"] };
    }

    // A DNS label (RFC 1123 section 2.1), as Kubernetes wants the names of namespaces.
    private static bool IsLabel(string name) => name.Length is > 0 and <= 63
        && name.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && name[0] != '-' && name[^1] != '-';
}
