using System.Buffers.Text;
using System.Text;

namespace Kdoctor.Probing.Http;

/// <summary>What an answer says of who gave it: the agent's identity and the request's nonce.</summary>
internal sealed class EchoEvidence : IFieldObserver
{
    /// <summary>Longer identities are cut: they are no agent's.</summary>
    internal const int MaxIdentity = 128;

    private readonly byte[] identity = new byte[MaxIdentity];
    private int identityLength;

    /// <summary>The identity given; empty for none.</summary>
    internal ReadOnlySpan<byte> Identity => identity.AsSpan(0, identityLength);

    /// <summary>The nonce given; null for none, or for something else.</summary>
    internal ulong? Nonce { get; private set; }

    internal void Begin()
    {
        identityLength = 0;
        Nonce = null;
    }

    public void OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 13 when Ascii.EqualsIgnoreCase(name, "Kdoctor-Nonce"u8):
                Nonce = Utf8Parser.TryParse(value, out ulong nonce, out var used, 'x') && used == value.Length && used == RequestTemplate.NonceLength ? nonce : null;
                return;
            case 16 when Ascii.EqualsIgnoreCase(name, "Kdoctor-Agent-Id"u8):
                identityLength = Math.Min(value.Length, MaxIdentity);
                value[..identityLength].CopyTo(identity);
                return;
            default:
                return;
        }
    }
}
