using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;

namespace Kdoctor.Probing.Http2;

/// <summary>Whose request an exchange carries.</summary>
internal interface IExchangeOwner
{
    /// <summary>The answer's header fields have begun to come.</summary>
    void OnFirstByte();

    /// <summary>The answer is whole.</summary>
    void OnComplete();

    /// <summary>There will be no whole answer.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="text">In words; null where cause and stage say all.</param>
    void OnFailed(FailureCause cause, string? text);

    /// <summary>The peer ends the connection in order and says that it has not processed the request and never will (RFC 9113 section 6.8).</summary>
    /// <param name="text">That, in words.</param>
    void OnUnprocessed(string text);
}

/// <summary>One request and its answer on one stream; used again for one after the other.</summary>
internal sealed class Http2Exchange(IExchangeOwner owner)
{
    /// <summary>The stream's number; 0 before it has one.</summary>
    internal int StreamId { get; set; }

    internal IExchangeOwner Owner => owner;

    /// <summary>The request.</summary>
    internal RequestFrames? Request { get; private set; }

    /// <summary>The number that makes this request unlike the others.</summary>
    internal ulong Nonce { get; private set; }

    /// <summary>What the answer's fields say of who gave it.</summary>
    internal EchoEvidence Evidence { get; } = new();

    /// <summary>Bytes of the request's body that are put into frames.</summary>
    internal int BodySent { get; set; }

    /// <summary>How many bytes of body the peer takes on this stream (RFC 9113 section 5.2); may be negative after it changed its mind.</summary>
    internal long SendWindow { get; set; }

    /// <summary>Where in the connection's bytes the request ends; negative while it is not all put in.</summary>
    internal long EndsAt { get; set; }

    /// <summary>Bytes that the peer may still send on this stream.</summary>
    internal int ReceiveWindow { get; set; }

    /// <summary>The final answer's status code; 0 before there is one.</summary>
    internal int Status { get; set; }

    /// <summary>The answer's Content-Length; null for none.</summary>
    internal long? Length { get; set; }

    /// <summary>Bytes of body received.</summary>
    internal long BodyBytes { get; set; }

    /// <summary>Whether an answer of this status to this request has no body, whatever its Content-Length (RFC 9110 section 8.6).</summary>
    internal bool IsBodiless => Request!.IsHead || Status is 204 or 304;

    internal bool HasBodyLeft => BodySent < Request!.Body.Length;

    internal void Begin(RequestFrames request, ulong nonce)
    {
        Request = request;
        Nonce = nonce;
        StreamId = BodySent = Status = 0;
        EndsAt = -1;
        Length = null;
        BodyBytes = 0;
        Evidence.Begin();
    }
}
