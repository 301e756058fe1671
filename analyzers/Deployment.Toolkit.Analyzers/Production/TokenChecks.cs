using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Analyzers;

/// <summary>The checks of a token that can be switched off, and what an app without one accepts.</summary>
internal static class TokenChecks
{
    private static readonly Dictionary<string, string> s_accepts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ValidateIssuer"] = "tokens of any issuer",
        ["ValidateAudience"] = "tokens that were made for another app",
        ["ValidateLifetime"] = "tokens that have expired",
        ["RequireSignedTokens"] = "tokens that anybody wrote",
        ["RequireExpirationTime"] = "tokens that never expire",
    };

    public static string? Accepts(string name) => s_accepts.TryGetValue(name, out var accepted) ? accepted : null;
}
