using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Http2;

/// <summary>Error codes of GOAWAY and RST_STREAM (RFC 9113 section 7).</summary>
internal enum Http2Error : uint
{
    NoError = 0,
    ProtocolError = 1,
    InternalError = 2,
    FlowControlError = 3,
    SettingsTimeout = 4,
    StreamClosed = 5,
    FrameSizeError = 6,
    RefusedStream = 7,
    Cancel = 8,
    CompressionError = 9,
    ConnectError = 10,
    EnhanceYourCalm = 11,
    InadequateSecurity = 12,
    Http11Required = 13,
}

/// <summary>What broke a whole connection.</summary>
/// <param name="Code">What the peer is told.</param>
/// <param name="Text">What people are told.</param>
/// <param name="Cause">The cause that every request on it fails with.</param>
internal sealed record Http2Fault(Http2Error Code, string Text, FailureCause Cause = FailureCause.BadAnswer);

/// <summary>The spelling of error codes.</summary>
internal static class Http2ErrorWords
{
    internal static string Of(uint code) => (Http2Error)code switch
    {
        Http2Error.NoError => "NO_ERROR",
        Http2Error.ProtocolError => "PROTOCOL_ERROR",
        Http2Error.InternalError => "INTERNAL_ERROR",
        Http2Error.FlowControlError => "FLOW_CONTROL_ERROR",
        Http2Error.SettingsTimeout => "SETTINGS_TIMEOUT",
        Http2Error.StreamClosed => "STREAM_CLOSED",
        Http2Error.FrameSizeError => "FRAME_SIZE_ERROR",
        Http2Error.RefusedStream => "REFUSED_STREAM",
        Http2Error.Cancel => "CANCEL",
        Http2Error.CompressionError => "COMPRESSION_ERROR",
        Http2Error.ConnectError => "CONNECT_ERROR",
        Http2Error.EnhanceYourCalm => "ENHANCE_YOUR_CALM",
        Http2Error.InadequateSecurity => "INADEQUATE_SECURITY",
        Http2Error.Http11Required => "HTTP_1_1_REQUIRED",
        _ => FormattableString.Invariant($"error {code}"),
    };
}
