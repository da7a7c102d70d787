package e2e

import (
	"testing"

	"lamplighter/device/practice"
)

// practiceLamp sets up the practice board that a lesson's button has led to.
func (w *window) practiceLamp() {
	w.t.Helper()
	w.click("PickRow", "Practice WiFi")
	w.click("Entry", "")
	w.typeText(practice.Password)
	w.accept("Test and continue")
	w.find("Label", "Which broker")
	w.accept("Test and continue")
	w.find("Label", "Name the board")
	w.accept("Write to the board")
	w.find("Label", "“lamp-01” works")
}

// TestLessonsInTheRealWindow holds the first lesson by mouse and the second by keyboard,
// in one window: its start is most of what that costs.
func TestLessonsInTheRealWindow(t *testing.T) {
	w := newDesktop(t, 1440, 900).open(classroomFolder(t))
	w.click("Button", "Set up a board")
	w.click("railItem", "Learn")
	w.click("Button", "Lessons")
	w.click("PickRow", "Switch a lamp with a message")
	w.click("Button", "Try a practice board")
	w.practiceLamp()
	w.click("railItem", "Learn")
	w.click("Button", "Connect")
	w.find("Label", "Connected as me")
	w.click("Text", "Topic to subscribe to")
	w.typeText("class/lamp-01/#")
	w.key("Return")
	w.find("Button", "class/lamp-01/#")
	w.shot("lesson-1-connected")
	w.key("Tab")
	w.tabTo("Entry", "") // the next field: the topic to publish to
	w.typeText("class/lamp-01/light/set")
	w.key("Tab")
	w.typeText("toggle") // the practice lamp is on
	w.click("Button", "Publish")
	w.find("Label", "Once more, from somewhere else")
	w.find("Label", "class/lamp-01/light = off")
	w.shot("lesson-2-toggled")
	w.click("railItem", "Lamps")
	w.click("Button", "All on")
	w.find("lampCard", "On, confirmed")
	w.click("railItem", "Learn")
	w.find("Label", "To publish is to send a message")
	w.shot("lesson-3-solved")

	w.tabTo("Button", "Next lesson")
	w.key("Return")
	w.find("Label", "Who gets a message?")
	w.tabTo("Entry", "me")
	w.key("Return")
	w.find("Label", "Connected as me")
	w.tabTo("Entry", "friend")
	w.key("Return")
	w.find("Label", "Connected as friend")
	w.typeText("class/hello") // the keyboard is where one subscribes
	w.key("Return")
	w.find("Label", "Publish a word of yours")
	w.shot("lesson-4-subscribed")
}
