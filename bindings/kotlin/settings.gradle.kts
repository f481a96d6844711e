// Not run in this repository's tests: there is no Gradle there. For users who build from source.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "foretap"
include(":core", ":usage", ":notifications", ":sync")
