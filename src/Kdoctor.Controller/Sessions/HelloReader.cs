using System.Collections.Immutable;
using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;

namespace Kdoctor.Controller.Sessions;

/// <summary>Reads an agent's first words, which come from outside: every field has a bound.</summary>
internal static class HelloReader
{
    private const int MaxNameLength = 253;
    private const int MaxAddresses = 64;
    private const int MaxHeldRounds = 256;

    /// <exception cref="FormatException">A field is missing, too long or no value of its kind.</exception>
    public static AgentSession Read(Hello hello)
    {
        if (hello.Addresses.Count > MaxAddresses || hello.HeldRounds.Count > MaxHeldRounds)
            throw new FormatException($"{hello.Addresses.Count} addresses and {hello.HeldRounds.Count} held rounds are more than {MaxAddresses} and {MaxHeldRounds}");
        var id = Name("agent id", hello.AgentId);
        var agent = new AgentInfo(
            id,
            hello.AgentName.Length == 0 ? id : Name("agent name", hello.AgentName),
            Name("node name", hello.NodeName),
            Connected: true,
            [.. hello.Addresses.Select(Address)]);
        var instance = hello.Instance.Length == 0 ? null : Name("instance", hello.Instance);
        return new AgentSession(agent, hello.HeldRounds.ToImmutableHashSet(StringComparer.Ordinal), instance);
    }

    private static EchoAddress Address(AgentAddress address) =>
        IPAddress.TryParse(address.Ip, out var ip) && address.EchoPort is > 0 and <= 65535
            ? new EchoAddress(Name("network", address.Network), ip.ToString(), address.EchoPort)
            : throw new FormatException("an address is not an IP literal with a port from 1 to 65535");

    private static string Name(string what, string text) =>
        text.Length is > 0 and <= MaxNameLength && text.All(character => character is > ' ' and <= '~')
            ? text
            : throw new FormatException($"the {what} must be 1 to {MaxNameLength} printable ASCII characters without spaces");
}
