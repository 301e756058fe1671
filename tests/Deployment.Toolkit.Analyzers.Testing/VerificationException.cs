namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>What a test expected of an analyzer or a fix did not happen.</summary>
public sealed class VerificationException(string message, Exception? inner = null) : Exception(message, inner);
