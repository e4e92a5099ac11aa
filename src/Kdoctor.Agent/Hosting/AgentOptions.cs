using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Agent.Dialling;
using Kdoctor.Core.Planning;

namespace Kdoctor.Agent.Hosting;

/// <summary>One agent's settings.</summary>
public sealed record AgentOptions
{
    /// <summary>Its identity, the same after every restart: the pod's uid, or a host's; 1 to 128 printable ASCII characters without spaces.</summary>
    public required string AgentId { get; init; }

    /// <summary>The name that reports give it.</summary>
    public required string Name { get; init; }

    /// <summary>The node or host that it runs on.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where the controller is, <c>https://HOST:PORT</c> each, tried in turn; 1 to 16.</summary>
    public required ImmutableArray<Uri> Controllers { get; init; }

    /// <summary>The secret that lets agents join.</summary>
    public required string JoinToken { get; init; }

    /// <summary>The certificate of the authority that signed the controller's; null when <see cref="AuthorityPin"/> is given.</summary>
    public X509Certificate2? Authority { get; init; }

    /// <summary>That authority's pin, <c>sha256:HEX</c> of its SubjectPublicKeyInfo; null when <see cref="Authority"/> is given.</summary>
    public string? AuthorityPin { get; init; }

    /// <summary>Where the echo listens, and what peers are told; 1 to 64.</summary>
    public required ImmutableArray<EchoBinding> Echo { get; init; }

    /// <summary>Whether probes are sent from the agent's own first address of the target's family; default false, the kernel chooses.</summary>
    public bool SendFromOwnAddress { get; init; }

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (what, text, longest) in new[] { ("identity", AgentId, 128), ("name", Name, 253), ("node name", NodeName, 253) })
        {
            if (text.Length < 1 || text.Length > longest || text.Any(character => character is <= ' ' or > '~'))
                yield return $"the agent's {what} is '{text}'; it must be 1 to {longest} printable ASCII characters without spaces";
        }
        if (Controllers.IsDefaultOrEmpty || Controllers.Length > 16)
            yield return "1 to 16 controller addresses are needed";
        foreach (var controller in Controllers.IsDefault ? [] : Controllers)
        {
            if (controller.Scheme != Uri.UriSchemeHttps)
                yield return $"the controller's address {controller} is not https";
        }
        if (JoinToken.Length == 0)
            yield return "the join token is empty";
        if (Authority is null == AuthorityPin is null)
            yield return "either the authority's certificate or its pin is needed, and not both";
        if (AuthorityPin is not null && !AuthorityTrust.IsPin(AuthorityPin))
            yield return $"the authority's pin is '{AuthorityPin}'; it must be sha256: and 64 hexadecimal digits";
        if (Echo.IsDefaultOrEmpty || Echo.Length > 64)
            yield return "1 to 64 echo addresses are needed";
    }
}

/// <summary>One address of an agent's echo.</summary>
/// <param name="Network"><see cref="EchoAddress.PrimaryNetwork"/>, or the name of a further interface.</param>
/// <param name="Listen">Where to listen, with port 0 on one that the kernel chooses; may be the unspecified address, then <paramref name="Advertise"/> is needed.</param>
/// <param name="Advertise">The address that peers use; null for that of <paramref name="Listen"/>.</param>
public sealed record EchoBinding(string Network, IPEndPoint Listen, IPAddress? Advertise = null);
