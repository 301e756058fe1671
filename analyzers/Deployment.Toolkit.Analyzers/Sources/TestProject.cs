using System;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Tells a project of tests, of measures, or an app host of Aspire, which run nowhere but on developers' and build machines: rules about
/// production pass it by.
/// </summary>
internal static class TestProject
{
    private static readonly string[] s_frameworks =
    [
        "xunit",
        "xunit.abstractions",
        "xunit.v3.common",
        "nunit",
        "Microsoft.TestPlatform.TestHost",
        "Moq",
        "NSubstitute",
        "FakeItEasy",
        "FluentAssertions",
        "AwesomeAssertions",
        "Shouldly",
        "bunit",
        "bunit.core",
        "Bunit",
        "Microsoft.Playwright",
        "Testcontainers",
        "BenchmarkDotNet",
        "Aspire.Hosting",
        "Aspire.Hosting.Testing",
        "xunit.core",
        "xunit.assert",
        "xunit.v3.core",
        "xunit.v3.assert",
        "nunit.framework",
        "Microsoft.VisualStudio.TestPlatform.TestFramework",
        "MSTest.TestFramework",
        "TUnit.Core",
        "Microsoft.AspNetCore.Mvc.Testing",
    ];

    public static bool Is(Compilation compilation) =>
        compilation.ReferencedAssemblyNames.Any(reference => s_frameworks.Contains(reference.Name, StringComparer.OrdinalIgnoreCase));
}
