using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Settings;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Cli.Installing;

/// <summary>The controller's settings file: the user's own, with what other choices say about it.</summary>
/// <param name="Text">config.yaml.</param>
/// <param name="SecretNamespaces">The namespaces whose Secrets and ConfigMaps tasks may name.</param>
internal sealed record SettingsDocument(string Text, ImmutableArray<string> SecretNamespaces)
{
    private const string Namespaces = "secretNamespaces";

    /// <summary>Changes whenever the text does; a new one starts a new controller.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The ports of the controller's container by their names there.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; } = PortsOf(SettingsReader.Read(Text).Settings?.Ports ?? new PortSettings());

    public static SettingsDocument Of(InstallChoices choices)
    {
        var settings = Read(choices.Settings);
        var spaces = (settings[Namespaces] as JsonArray ?? []).OfType<JsonValue>().Select(space => space.ToString())
            .Concat(choices.SecretNamespaces).Distinct(StringComparer.Ordinal).ToImmutableArray();
        if (!spaces.IsEmpty)
            settings[Namespaces] = new JsonArray([.. spaces.Select(space => JsonValue.Create(space))]);
        if (choices.Postgres is not null)
        {
            if (settings["storage"] is not JsonObject storage)
                settings["storage"] = storage = [];
            storage["kind"] = "postgres";
        }
        return new SettingsDocument(YamlText.Write(settings), spaces);
    }

    private static Dictionary<string, int> PortsOf(PortSettings ports) => new(StringComparer.Ordinal) { ["api"] = ports.Api, ["agents"] = ports.Agents, ["health"] = ports.Health };

    // What the file means, and whether the controller takes it, was asked before: here it is only put together.
    private static JsonObject Read(string? text) =>
        text is not null && ManifestReader.Read(text).Documents.FirstOrDefault() is ManifestMap map ? map.ToJson() : [];
}
